package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import mos.spi.MosException;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server that says what each test has it say. */
@Timeout(30)
final class LinesTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** More than the buffers on the way can hold. */
  private static final long HUGE = 256 << 20;

  private final Lines lines =
      new Lines(
          () -> {
            throw new AssertionError("no TLS here");
          },
          new Environment(Map.of(), Path.of("/nonexistent"), Path.of("/nonexistent")));
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ServerSocket server;

  LinesTest() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  /** What one connection's server says, answer by answer; then it closes it, or keeps quiet. */
  private record Script(boolean closes, List<String> answers) {
    Script(boolean closes, String... answers) {
      this(closes, List.of(answers));
    }
  }

  private void serve(Script... connections) {
    Thread.ofVirtual()
        .start(
            () -> {
              for (Script script : connections) {
                speak(script);
              }
            });
  }

  private void speak(Script script) {
    try {
      Socket caller = server.accept();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String answer : script.answers()) {
        asked.add(Objects.requireNonNullElse(in.readLine(), "the end"));
        for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      }
      if (script.closes()) {
        caller.close();
      }
    } catch (IOException e) {
      asked.add(e.toString());
    }
  }

  private Answer get(String path, Duration longest) throws IOException {
    URI place = place(path);
    return lines.send(place, new BasicClassicHttpRequest("GET", place), longest);
  }

  private URI place(String path) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
  }

  private static String ok(int length, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + body;
  }

  @BeforeEach
  void isQuiet() {
    assertTrue(asked.isEmpty());
  }

  @AfterEach
  void close() throws IOException {
    lines.close();
    server.close();
  }

  @Test
  void everythingThatCameIsGivenBeforeTheFailure() throws IOException {
    serve(new Script(true, ok(20, "onetwothree")));
    Answer answer = get("/", LONG);
    assertArrayEquals("onetwothree".getBytes(StandardCharsets.UTF_8), answer.body().readNBytes(11));
    assertThrows(IOException.class, answer.body()::read);
    assertThrows(IOException.class, answer.body()::read);
  }

  @Test
  void theEndStaysTheEnd() throws IOException {
    serve(new Script(false, ok(1, "x")));
    Answer answer = get("/", LONG);
    assertEquals('x', answer.body().read());
    assertEquals(-1, answer.body().read());
    assertEquals(-1, answer.body().read(new byte[3], 0, 3));
  }

  @Test
  void aConnectionIsUsedAgainWhenItsAnswerHasBeenRead() throws IOException {
    serve(new Script(false, ok(1, "x"), ok(1, "y")));
    assertEquals("", get("/1", LONG).done());
    assertEquals("", get("/2", LONG).done());
    assertEquals(List.of("GET /1 HTTP/1.1", "GET /2 HTTP/1.1"), asked);
  }

  @Test
  void aQuestionIsAskedAgainWhenTheServerHasClosedTheConnection() throws IOException {
    serve(new Script(true, ok(1, "x")), new Script(true, ok(1, "y")));
    get("/1", LONG).done();
    assertEquals('y', get("/2", LONG).body().read());
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedFor() {
    serve(new Script(false));
    IOException e =
        assertThrows(SocketTimeoutException.class, () -> get("/", Duration.ofMillis(100)));
    assertEquals("no answer in time", e.getMessage());
  }

  /** It reads nothing of the body, so that its system resets the connection behind the answer. */
  @RepeatedTest(20)
  void whatAServerSaysBeforeItHangsUpIsHeard() throws IOException {
    serve(
        new Script(
            true, "HTTP/1.1 413 No\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large"));
    URI place = place("/");
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("PUT", place);
    AtomicLong sent = new AtomicLong();
    request.setEntity(new EntityTemplate(HUGE, null, out -> fill(out, sent)));

    Answer answer = lines.send(place, request, LONG);

    assertEquals(413, answer.status());
    assertEquals("too large", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
    assertTrue(sent.get() < HUGE, "all of it was sent to a server that did not want it");
    assertEquals(List.of("PUT / HTTP/1.1"), asked);
  }

  @Test
  void aBodyThatCannotBeReadEndsItsConnection() throws Exception {
    serve(new Script(false, "", ""));
    URI place = place("/");
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("PUT", place);
    request.setEntity(
        new EntityTemplate(
            HUGE,
            null,
            out -> {
              throw MosException.refused("damaged");
            }));

    assertThrows(MosException.class, () -> lines.send(place, request, LONG));

    while (asked.size() < 2) {
      Thread.sleep(5);
    }
    assertEquals("the end", asked.getLast());
  }

  private static void fill(OutputStream out, AtomicLong sent) throws IOException {
    for (byte[] piece = new byte[1 << 20]; sent.get() < HUGE; sent.addAndGet(piece.length)) {
      out.write(piece);
    }
  }

  @Test
  void closingEndsTheTransferAndWhoeverWaits() {
    serve(new Script(false, ok(20, "")));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          Answer answer = get("/", LONG);
          Thread closer = Thread.ofVirtual().start(() -> closeSoon(answer));
          assertThrows(IOException.class, answer.body()::read);
          closer.join();
        });
  }

  private static void closeSoon(Answer answer) {
    try {
      Thread.sleep(50);
      answer.body().close();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anInterruptionEndsTheTransfer() throws IOException {
    serve(new Script(false, ok(20, "")));
    Answer answer = get("/", LONG);
    Thread.currentThread().interrupt();
    assertThrows(IOException.class, answer.body()::read);
    assertTrue(Thread.interrupted());
  }
}
