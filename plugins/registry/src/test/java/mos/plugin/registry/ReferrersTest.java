package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import mos.formats.ImageIndexFormat;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.store.ImageSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of pages, which neither real one has. */
class ReferrersTest {
  private static final String TYPE = "application/vnd.machine.signature";
  private static final Digest SUBJECT = Bytes.utf8("subject").digest();
  private static final String FIRST =
      "/v2/image/referrers/" + SUBJECT + "?artifactType=application%2Fvnd.machine.signature";

  @TempDir Path directory;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ServerSocket server;
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    machine = new Machine(directory);
    answers.put("/v2/", answer("", ""));
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void end() throws IOException {
    machine.close();
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket caller = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1));
        String target = in.readLine().split(" ", -1)[1];
        while (!in.readLine().isEmpty()) {
          // The headers.
        }
        asked.add(target);
        String answer =
            answers.getOrDefault(
                target, "HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // The caller is gone, or the test is over.
      }
    }
  }

  private static String answer(String headers, String body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\n"
        + headers
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static Descriptor referrer(String name, String type) {
    return new Descriptor(
        MediaTypes.MANIFEST,
        Bytes.utf8(name).digest(),
        100,
        Map.of(),
        Optional.of(type),
        Optional.empty());
  }

  private void page(String target, String next, Descriptor... referrers) {
    String index =
        new String(
            ImageIndexFormat.write(new ImageIndex(List.of(referrers), Map.of())).toArray(),
            StandardCharsets.UTF_8);
    String link = next.isEmpty() ? "" : "Link: <" + next + ">; rel=\"next\"\r\n";
    answers.put(target, answer(link, index));
  }

  private List<Descriptor> referrers() {
    try (ImageSource source = machine.source("127.0.0.1:" + server.getLocalPort(), "image")) {
      return source.referrers(SUBJECT, TYPE);
    }
  }

  @Test
  void allPagesAreReadAndOtherTypesLeftOut() {
    Descriptor one = referrer("one", TYPE);
    Descriptor two = referrer("two", TYPE);
    Descriptor three = referrer("three", TYPE);
    String second = "/v2/image/referrers/" + SUBJECT + "?last=1";
    String third = "/v2/image/referrers/" + SUBJECT + "?last=2";
    page(FIRST, "http://127.0.0.1:" + server.getLocalPort() + second, one);
    page(second, third, referrer("other", "application/vnd.machine.pubkeycrt"), two, one);
    page(third, "", three);

    List<Descriptor> wanted = new ArrayList<>(List.of(one, two, three));
    wanted.sort(Comparator.comparing(found -> found.digest().hex()));
    assertEquals(wanted, referrers());
    assertEquals(List.of("/v2/", FIRST, second, third), asked);
  }

  @Test
  void pagesWithoutAnEndAreRefused() {
    page(FIRST, FIRST, referrer("one", TYPE));

    MosException e = assertThrows(MosException.class, this::referrers);

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("more than 50 pages"), e::toString);
  }

  @Test
  void aPageElsewhereIsRefused() {
    page(FIRST, "http://127.0.0.2:1/v2/image/referrers/" + SUBJECT, referrer("one", TYPE));

    MosException e = assertThrows(MosException.class, this::referrers);

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("is elsewhere"), e::toString);
  }
}
