package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenServerTest {
  private static final Pattern TOKEN = Pattern.compile("\"(?:access_)?token\":\"([^\"]+)\"");
  private static final Account ACCOUNT = new Account("mos", "secret");
  private static final String PULL = "?service=mos-registry&scope=repository:some/image:pull,push";

  @TempDir Path directory;
  private Authority authority;
  private TokenServer tokens;
  private DockerRegistry registry;
  private Web known;
  private Web stranger;

  @BeforeEach
  void start() {
    authority = Authority.in(directory.resolve("authority"));
    tokens = TokenServer.start(authority, ACCOUNT);
    registry =
        DockerRegistry.start(
            RegistrySetup.in(directory.resolve("registry")).tls(authority).tokens(tokens));
    known = new Web(Optional.of(authority), Optional.of(ACCOUNT));
    stranger = new Web(Optional.of(authority), Optional.empty());
  }

  @AfterEach
  void stop() {
    stranger.close();
    known.close();
    registry.close();
    tokens.close();
  }

  @Test
  void skopeoPushesByAToken() throws IOException {
    Path layout = Layouts.image(directory);
    Path certs = Files.createDirectories(directory.resolve("certs"));
    Files.copy(authority.certificate(), certs.resolve("ca.crt"));
    Layouts.skopeo(
        directory,
        "copy",
        "--dest-cert-dir=" + certs,
        "--dest-creds=mos:secret",
        "oci:" + layout + ":one",
        "docker://" + registry.host() + "/some/image:one");
    assertTrue(
        tokens
            .requests()
            .contains(
                new TokenServer.Request(
                    "GET", "basic", List.of("repository:some/image:pull,push"), true)),
        tokens.requests().toString());
  }

  @Test
  void theRegistryTellsWhereTokensAre() throws IOException {
    HttpResponse<byte[]> answer = stranger.get(registry.uri() + "/v2/");
    assertEquals(401, answer.statusCode());
    assertTrue(
        answer
            .headers()
            .firstValue("WWW-Authenticate")
            .orElseThrow()
            .startsWith("Bearer realm=\"" + tokens.realm() + "\""));
  }

  @Test
  void theRegistryTakesATokenForItsScope() throws IOException {
    String token = token(known.get(tokens.realm() + PULL));
    assertEquals(404, tags("some/image", token));
    assertEquals(401, tags("other/image", token));
  }

  @Test
  void theRegistryTakesARefreshedToken() throws IOException {
    HttpResponse<byte[]> answer =
        stranger.post(
            tokens.realm().toString(),
            "application/x-www-form-urlencoded",
            ("grant_type=refresh_token&service=mos-registry&client_id=test"
                    + "&scope=repository%3Asome%2Fimage%3Apull&refresh_token="
                    + tokens.refreshToken())
                .getBytes(StandardCharsets.UTF_8));
    assertEquals(404, tags("some/image", token(answer)));
  }

  @Test
  void anExpiredTokenIsRefusedOnce() throws IOException {
    tokens.expireNext(1);
    assertEquals(401, tags("some/image", token(known.get(tokens.realm() + PULL))));
    assertEquals(404, tags("some/image", token(known.get(tokens.realm() + PULL))));
  }

  @Test
  void strangersPullWhereTheyMay() throws IOException {
    assertEquals(401, stranger.get(tokens.realm() + PULL).statusCode());
    tokens.anonymousPull(true);
    assertEquals(404, tags("some/image", token(stranger.get(tokens.realm() + PULL))));
  }

  private int tags(String repository, String token) throws IOException {
    return stranger
        .get(
            registry.uri() + "/v2/" + repository + "/tags/list", "Authorization", "Bearer " + token)
        .statusCode();
  }

  private static String token(HttpResponse<byte[]> answer) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    Matcher matcher = TOKEN.matcher(body);
    assertTrue(matcher.find(), body);
    return matcher.group(1);
  }
}
