package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultProxyTest {
  private static final int SIZE = 200_000;

  @TempDir Path directory;
  private final byte[] content = new byte[SIZE];
  private String blob;
  private DockerRegistry registry;
  private FaultProxy proxy;
  private Web web;

  @BeforeEach
  void start() throws Exception {
    new Random(2).nextBytes(content);
    blob = "/v2/some/image/blobs/" + digest(content);
    registry = DockerRegistry.start(RegistrySetup.in(directory.resolve("registry")));
    proxy = FaultProxy.start(registry.uri());
    web = Web.plain();
    upload();
    proxy.forget();
  }

  @AfterEach
  void stop() {
    web.close();
    proxy.close();
    registry.close();
  }

  @Test
  void passesEverythingOnAndRecordsIt() throws IOException {
    assertArrayEquals(content, get());
    assertEquals(
        List.of(new Exchange("GET", blob, Optional.empty(), Fault.NONE, 200, 0, SIZE)),
        proxy.exchanges());
  }

  @Test
  void recordsPartsAndUploads() throws Exception {
    assertEquals(206, web.get(proxy.uri() + blob, "Range", "bytes=1000-").statusCode());
    content[0]++;
    upload();
    List<Exchange> exchanges = proxy.exchanges();
    assertEquals(Optional.of("bytes=1000-"), exchanges.getFirst().range());
    assertEquals(SIZE - 1000, exchanges.getFirst().answerBytes());
    assertEquals("PUT", exchanges.getLast().method());
    assertEquals(SIZE, exchanges.getLast().requestBytes());
  }

  @Test
  void skopeoPushesAndPullsThroughTls() throws IOException {
    Path layout = Layouts.image(directory);
    Authority authority = Authority.in(directory.resolve("authority"));
    Path certs = Files.createDirectories(directory.resolve("certs"));
    Files.copy(authority.certificate(), certs.resolve("ca.crt"));
    try (DockerRegistry secure =
            DockerRegistry.start(RegistrySetup.in(directory.resolve("secure")).tls(authority));
        FaultProxy between = FaultProxy.start(secure.uri(), authority)) {
      String image = "docker://" + between.host() + "/other/image:one";
      Layouts.skopeo(
          directory, "copy", "--dest-cert-dir=" + certs, "oci:" + layout + ":one", image);
      Layouts.skopeo(
          directory, "copy", "--src-cert-dir=" + certs, image, "dir:" + directory.resolve("copy"));
      assertTrue(between.exchanges().stream().anyMatch(one -> one.requestBytes() > 100_000));
      assertTrue(between.exchanges().stream().anyMatch(one -> one.answerBytes() > 100_000));
    }
  }

  @Test
  void breaksAtOnce() {
    once(new Fault.BreakAtOnce());
    assertThrows(IOException.class, this::rawAnswer);
  }

  @Test
  void breaksARequestAfterSomeBytes() {
    once(new Fault.BreakRequest(70_000));
    content[0]++;
    assertThrows(IOException.class, this::upload);
    Exchange put = proxy.exchanges().getLast();
    assertEquals("PUT", put.method());
    assertEquals(0, put.status());
  }

  @Test
  void breaksAnAnswerAfterSomeBytes() throws IOException {
    once(new Fault.BreakAnswer(70_000, false));
    String answer = rawAnswer();
    assertTrue(answer.contains("Content-Length: " + SIZE), "the length is that of the whole");
    assertEquals(70_000, answer.length() - answer.indexOf("\r\n\r\n") - 4);
    assertEquals(70_000, proxy.exchanges().getFirst().answerBytes());
  }

  @Test
  void resetsAnAnswer() {
    once(new Fault.BreakAnswer(70_000, true));
    assertEquals("Connection reset", assertThrows(IOException.class, this::rawAnswer).getMessage());
  }

  @Test
  void takesPositionsModuloTheLength() throws IOException {
    once(new Fault.BreakAnswer(5L * SIZE + 10, false));
    String answer = rawAnswer();
    assertEquals(10, answer.length() - answer.indexOf("\r\n\r\n") - 4);
  }

  @Test
  void delays() throws IOException {
    once(new Fault.Delay(1000, 300));
    long before = System.nanoTime();
    assertArrayEquals(content, get());
    assertTrue(System.nanoTime() - before >= 300_000_000);
  }

  @Test
  void repeatsAByte() throws IOException {
    once(new Fault.RepeatByte(1000, 3));
    byte[] got = get();
    assertEquals(SIZE, got.length);
    assertEquals(-1, Arrays.mismatch(content, 0, 1001, got, 0, 1001));
    assertEquals(content[1000], got[1003]);
    assertEquals(-1, Arrays.mismatch(content, 1000, SIZE - 3, got, 1003, SIZE));
  }

  @Test
  void corruptsAByte() throws IOException {
    once(new Fault.CorruptByte(1000));
    byte[] got = get();
    assertEquals(1000, Arrays.mismatch(content, got));
    assertEquals(-1, Arrays.mismatch(content, 1001, SIZE, got, 1001, SIZE));
  }

  @Test
  void answersThatItIsBusy() throws IOException {
    once(Fault.busy(429, "1"));
    HttpResponse<byte[]> answer = web.get(proxy.uri() + blob);
    assertEquals(429, answer.statusCode());
    assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"));
    assertArrayEquals(content, get());
  }

  @Test
  void answersABusyUploadAfterItsBody() throws Exception {
    proxy.plan(FaultPlan.first(1, one -> one.method().equals("PUT"), Fault.busy(503, "")));
    content[0]++;
    assertThrows(AssertionError.class, this::upload);
    Exchange put = proxy.exchanges().getLast();
    assertEquals(503, put.status());
    assertEquals(SIZE, put.requestBytes());
  }

  @Test
  void liesAboutADigest() throws IOException {
    once(new Fault.ReplaceHeader("Docker-Content-Digest", "sha256:00"));
    HttpResponse<byte[]> answer = web.get(proxy.uri() + blob);
    assertEquals(List.of("sha256:00"), answer.headers().allValues("Docker-Content-Digest"));
    assertArrayEquals(content, answer.body());
  }

  @Test
  void liesAboutALengthByMore() throws IOException {
    once(new Fault.WrongLength(100_000));
    byte[] got = get();
    assertEquals(SIZE + 100_000, got.length);
    assertEquals(SIZE, Arrays.mismatch(content, got));
    assertEquals(0, got[SIZE + 99_999]);
  }

  @Test
  void liesAboutALengthByLess() throws IOException {
    once(new Fault.WrongLength(-100));
    assertArrayEquals(Arrays.copyOf(content, SIZE - 100), get());
    assertArrayEquals(content, get());
  }

  @Test
  void sendsWithoutAnEnd() throws IOException {
    once(new Fault.Endless());
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(proxy.uri() + blob).toURL().openConnection();
    assertEquals(-1, connection.getContentLengthLong());
    try (InputStream in = connection.getInputStream()) {
      assertArrayEquals(content, in.readNBytes(SIZE));
      assertArrayEquals(new byte[10 * SIZE], in.readNBytes(10 * SIZE));
    }
    connection.disconnect();
  }

  @Test
  void redirectsToItself() throws IOException {
    once(new Fault.RedirectToSelf());
    HttpResponse<byte[]> answer = web.get(proxy.uri() + blob);
    assertEquals(307, answer.statusCode());
    assertEquals(Optional.of(blob), answer.headers().firstValue("Location"));
  }

  @Test
  void redirectsElsewhere() throws IOException {
    once(new Fault.RedirectTo(registry.uri()));
    HttpResponse<byte[]> answer = web.get(proxy.uri() + blob);
    assertEquals(307, answer.statusCode());
    String elsewhere = answer.headers().firstValue("Location").orElseThrow();
    assertArrayEquals(content, web.get(elsewhere).body());
  }

  @Test
  void ignoresAndRefusesRanges() throws IOException {
    once(new Fault.IgnoreRange());
    HttpResponse<byte[]> answer = web.get(proxy.uri() + blob, "Range", "bytes=1000-");
    assertEquals(200, answer.statusCode());
    assertArrayEquals(content, answer.body());
    once(Fault.rangeRefused());
    assertEquals(416, web.get(proxy.uri() + blob, "Range", "bytes=1000-").statusCode());
  }

  @Test
  void aSeedDoesTheSameInWhateverOrder() {
    List<FaultPlan.Request> requests =
        List.of(request("/v2/a/blobs/1"), request("/v2/a/blobs/2"), request("/v2/a/manifests/x"));
    FaultPlan one = FaultPlan.seeded(7, 0.7);
    FaultPlan other = FaultPlan.seeded(7, 0.7);
    List<Fault> faults = requests.stream().map(one::faultFor).toList();
    List<Fault> reversed = requests.reversed().stream().map(other::faultFor).toList().reversed();
    assertEquals(faults, reversed);
    assertFalse(faults.equals(requests.stream().map(FaultPlan.seeded(8, 0.7)::faultFor).toList()));
  }

  @Test
  void aSeedHitsAsManyAsItShould() {
    FaultPlan plan = FaultPlan.seeded(1, 0.25);
    Map<Boolean, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      counts.merge(plan.faultFor(request("/v2/a/blobs/1")).equals(Fault.NONE), 1, Integer::sum);
    }
    assertEquals(0.25, counts.get(false) / 4000.0, 0.03);
  }

  private static FaultPlan.Request request(String target) {
    return new FaultPlan.Request("GET", target, Optional.empty());
  }

  private void once(Fault fault) {
    proxy.plan(FaultPlan.first(1, request -> !request.method().equals("POST"), fault));
  }

  private byte[] get() throws IOException {
    return web.get(proxy.uri() + blob).body();
  }

  /** Everything up to the connection's end, a character for each byte. */
  private String rawAnswer() throws IOException {
    URI uri = proxy.uri();
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
                  .formatted(blob, proxy.host())
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private void upload() throws Exception {
    HttpResponse<byte[]> begun =
        web.post(proxy.uri() + "/v2/some/image/blobs/uploads/", "text/plain", new byte[0]);
    assertEquals(202, begun.statusCode());
    String location = begun.headers().firstValue("Location").orElseThrow();
    assertTrue(location.startsWith(proxy.uri().toString()), location);
    assertEquals(
        201,
        web.put(location + "&digest=" + digest(content), "application/octet-stream", content)
            .statusCode());
  }

  private static String digest(byte[] bytes) throws Exception {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
