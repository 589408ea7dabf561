package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final String SECRET = "hunter2";

  @Test
  void nothingGoesThroughAProxyWithoutSettings() {
    assertEquals("direct", way(Map.of(), "https://r.example/"));
  }

  @Test
  void eachSchemeHasItsProxy() {
    Map<String, String> variables =
        Map.of("HTTP_PROXY", "http://plain.example:1", "HTTPS_PROXY", "http://tls.example:2/");

    assertEquals("plain.example:1", way(variables, "http://r.example/"));
    assertEquals("tls.example:2", way(variables, "https://r.example/"));
    assertEquals("direct", way(Map.of("HTTP_PROXY", "http://p:1"), "https://r.example/"));
  }

  @Test
  void smallLettersComeFirst() {
    Map<String, String> variables =
        Map.of(
            "HTTPS_PROXY", "http://big.example:1",
            "https_proxy", "http://small.example:2",
            "NO_PROXY", "r.example",
            "no_proxy", "other.example");

    assertEquals("small.example:2", way(variables, "https://r.example/"));
    assertEquals("direct", way(variables, "https://other.example/"));
  }

  @ParameterizedTest
  @CsvSource({
    "p.example:3128,p.example:3128",
    "http://p.example,p.example:80",
    "HTTP://u:p@10.0.0.1:8080,10.0.0.1:8080",
    "http://[2001:db8::1]:8080,[2001:db8::1]:8080"
  })
  void aProxyIsAUrlOrAHost(String value, String place) {
    assertEquals(place, way(Map.of("HTTPS_PROXY", value), "https://r.example/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:5000/",
        "http://127.0.0.1:5000/",
        "https://127.8.8.8/",
        "http://[::1]:5000/"
      })
  void thisMachineIsNeverBehindAProxy(String place) {
    assertEquals("direct", way(Map.of("HTTP_PROXY", "p:1", "HTTPS_PROXY", "p:1"), place));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|https://r.example/",
        "r.example|https://r.example/",
        "R.Example|https://r.example/",
        "r.example|https://R.EXAMPLE/",
        "x, r.example y|https://r.example/",
        "example|https://r.example/",
        ".example|https://r.example/",
        "*.example|https://r.example/",
        "r.example:443|https://r.example/",
        "r.example:80|http://r.example/",
        "r.example:5000|https://r.example:5000/",
        "10.1.2.3|https://10.1.2.3/",
        "10.1.2.3:5000|https://10.1.2.3:5000/",
        "10.0.0.0/8|https://10.1.2.3/",
        "10.1.2.2/31|https://10.1.2.3/",
        "2001:db8::1|https://[2001:db8:0::1]/",
        "[2001:db8::1]|https://[2001:db8::1]/",
        "[2001:db8::1]:5000|https://[2001:db8::1]:5000/",
        "2001:db8::/32|https://[2001:db8::1]/"
      })
  void noProxyIsFor(String without, String place) {
    assertEquals("direct", way(Map.of("HTTPS_PROXY", "p:1", "NO_PROXY", without), place));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r.example|https://notr.example/",
        ".r.example|https://r.example/",
        "r.example:5000|https://r.example/",
        "10.1.2.3:5000|https://10.1.2.3/",
        "10.0.0.0/8|https://11.1.2.3/",
        "10.0.0.0/8|https://10.example/",
        "10.0.0.0/99|https://10.1.2.3/",
        "x/y|https://r.example/",
        "[2001:db8::1]:5000|https://[2001:db8::1]/",
        "2001:db8::/32|https://[2001:db9::1]/"
      })
  void noProxyIsNotFor(String without, String place) {
    assertEquals("p:1", way(Map.of("HTTPS_PROXY", "p:1", "NO_PROXY", without), place));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://u:hunter2@",
        "http://u:hunter2@h:port",
        "http://u:hunter2@h:70000",
        "http://u:hunter2 @h:1",
        "http://u:hunter2%@h:1",
        "http://u:hunter2@x@h:1",
        "socks5://u:hunter2@h:1",
        "https://u:hunter2@h:1",
        "://hunter2"
      })
  void aBrokenUrlIsRefusedByItsVariableWithoutItsPassword(String value) {
    MosException e =
        assertThrows(
            MosException.class, () -> Proxies.selector(environment(Map.of("https_proxy", value))));

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith("$https_proxy: is no proxy"), e.getMessage());
    for (Throwable one = e; one != null; one = one.getCause()) {
      assertFalse(one.toString().contains(SECRET), one.toString());
    }
  }

  @Test
  void thereIsNoPasswordWhereNoUrlHasOne() {
    assertEquals(
        Optional.empty(),
        Proxies.authorization(
            environment(Map.of("HTTPS_PROXY", "p:1")), URI.create("https://r.example/")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://u:hunter2@p:1,u,hunter2",
    "http://u%40x:a%3Ab%2B+c@p:1,u@x,a:b++c",
    "http://u@p:1,u,''"
  })
  void thePasswordIsThatOfTheUrl(String value, String user, String password) {
    Optional<String> header =
        Proxies.authorization(
            environment(Map.of("HTTPS_PROXY", value)), URI.create("https://r.example/"));
    String pair = user + ":" + password;

    assertEquals(
        Optional.of(
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))),
        header);
  }

  @Test
  void aServersOwnRefusalComesThroughAProxyWithAPassword() throws Exception {
    String wanted =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(("u:" + SECRET).getBytes(StandardCharsets.ISO_8859_1));
    URI place = URI.create("http://r.example/refused");
    try (ServerSocket proxy = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> serve(proxy, "Proxy-Authorization: " + wanted));
      Environment environment =
          environment(Map.of("HTTP_PROXY", "http://u:hunter2@127.0.0.1:" + proxy.getLocalPort()));
      try (Lines lines = lines(environment)) {
        assertEquals(401, ask(lines, place).status());
      }
    }
  }

  private static Lines lines(Environment environment) {
    return new Lines(
        () -> {
          throw new AssertionError("no TLS here");
        },
        environment);
  }

  private static Answer ask(Lines lines, URI place) throws IOException {
    return lines.send(place, new BasicClassicHttpRequest("GET", place), Duration.ofSeconds(10));
  }

  @Test
  void aProxyThatWantsAPasswordIsNamed() throws Exception {
    URI place = URI.create("http://r.example/");
    try (ServerSocket proxy = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Lines lines =
            lines(environment(Map.of("HTTP_PROXY", "127.0.0.1:" + proxy.getLocalPort())))) {
      Thread.ofVirtual().start(() -> serve(proxy, "Proxy-Authorization: x"));

      MosException e = assertThrows(MosException.class, () -> ask(lines, place));

      assertEquals(ErrorCode.RESOURCE, e.code());
      assertTrue(e.getMessage().contains("the proxy wants a password"), e.getMessage());
    }
  }

  @Test
  void aServerThatIsReachedDirectlyDoesNotSeeTheProxysPassword() throws Exception {
    String proxy = "http://u:hunter2@p:1";
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Lines lines = lines(environment(Map.of("HTTP_PROXY", proxy, "NO_PROXY", "127.0.0.1")))) {
      List<String> heard = new CopyOnWriteArrayList<>();
      Thread.ofVirtual().start(() -> listen(server, heard));

      ask(lines, URI.create("http://127.0.0.1:" + server.getLocalPort() + "/")).body().close();

      assertEquals("GET / HTTP/1.1", heard.getFirst());
      assertTrue(heard.stream().noneMatch(line -> line.startsWith("Proxy")), heard.toString());
    }
  }

  private static void listen(ServerSocket server, List<String> heard) {
    try (Socket caller = server.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        heard.add(line);
      }
      caller
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      heard.add(e.toString());
    }
  }

  @Test
  void theHeaderIsForPlacesBehindTheProxyAlone() {
    Environment environment =
        environment(
            Map.of(
                "HTTPS_PROXY", "http://u%40x:p%3Aw@p:1",
                "HTTP_PROXY", "p:2",
                "NO_PROXY", "near.example"));

    assertEquals(
        Optional.of(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString("u@x:p:w".getBytes(StandardCharsets.ISO_8859_1))),
        Proxies.authorization(environment, URI.create("https://r.example/")));
    for (String other :
        List.of("http://r.example/", "https://near.example/", "https://localhost/")) {
      assertEquals(Optional.empty(), Proxies.authorization(environment, URI.create(other)));
    }
  }

  /** A proxy that answers with what it was asked, to whoever knows the password. */
  private static void serve(ServerSocket proxy, String wanted) {
    try {
      while (true) {
        try (Socket caller = proxy.accept()) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1));
          String asked = in.readLine();
          boolean known = false;
          for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
            known |= line.equals(wanted);
            line = in.readLine();
          }
          String answer =
              "HTTP/1.1 "
                  + (known
                      ? asked.contains("/refused")
                          ? "401 No\r\nWWW-Authenticate: Basic realm=\"server\""
                          : "200 OK"
                      : "407 No\r\nProxy-Authenticate: Basic realm=\"proxy\"")
                  + "\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(asked.length(), asked);
          caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException e) {
      // The test closed it.
      return;
    }
  }

  private static Environment environment(Map<String, String> variables) {
    return new Environment(variables, Path.of("/nonexistent"), Path.of("/nonexistent"));
  }

  private static String way(Map<String, String> variables, String place) {
    List<Proxy> found = Proxies.selector(environment(variables)).select(URI.create(place));
    assertEquals(1, found.size());
    if (found.getFirst().type() == Proxy.Type.DIRECT) {
      return "direct";
    }
    InetSocketAddress address = (InetSocketAddress) found.getFirst().address();
    return address.getHostString() + ":" + address.getPort();
  }
}
