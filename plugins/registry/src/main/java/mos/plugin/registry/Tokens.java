package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * What a caller shows to a server: a password (RFC 7617) or a token (RFC 6750) that it gets from
 * the server's token service (distribution's token specification) and keeps as long as it holds.
 */
final class Tokens {
  private static final int MAX_ANSWER = 256 << 10;
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** Tokens without a time are good for this long, says the specification. */
  private static final long DEFAULT_SECONDS = 60;

  /** A token that ends while a request is on its way is of no use. */
  private static final long MARGIN_SECONDS = 5;

  private final Server server;
  private final Servers servers;
  private final Supplier<Optional<Login>> logins;
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();

  Tokens(Server server, Servers servers, Supplier<Optional<Login>> logins) {
    this.server = server;
    this.servers = servers;
    this.logins = logins;
  }

  private record Token(String value, Instant end) {}

  /** Looked up when the server wants one: a helper that does not work is of no interest before. */
  private Optional<Login> login() {
    return logins.get();
  }

  /** The header {@code Authorization} for a request, if the server wants one. */
  Optional<String> header(Collection<String> scopes) {
    Optional<Challenge> challenge = server.challenge();
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    if (challenge.get().scheme().equals("basic")) {
      return login().filter(known -> known.identityToken().isEmpty()).map(Tokens::basic);
    }
    SequencedSet<String> sorted = new TreeSet<>(scopes);
    String key = String.join(" ", sorted);
    Token token = tokens.get(key);
    if (token == null || Instant.now().isAfter(token.end())) {
      token = fetch(challenge.get(), sorted);
      tokens.put(key, token);
    }
    return Optional.of("Bearer " + token.value());
  }

  /** Forgets a token that the server did not take. */
  void forget(Collection<String> scopes) {
    tokens.remove(String.join(" ", new TreeSet<>(scopes)));
  }

  private static String basic(Login login) {
    String pair = login.user() + ":" + login.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private Token fetch(Challenge challenge, SequencedSet<String> scopes) {
    URI realm = realm(challenge);
    Patience patience = new Patience();
    while (true) {
      Optional<Duration> asked = Optional.empty();
      MosException failure;
      try {
        Answer answer = ask(challenge, realm, scopes);
        byte[] body;
        try (InputStream in = answer.body()) {
          body = in.readNBytes(MAX_ANSWER);
        }
        int status = answer.status();
        if (status == 200) {
          return token(realm, body);
        }
        failure =
            new MosException(
                ErrorCode.RESOURCE,
                server.host()
                    + ": its token service "
                    + realm.getAuthority()
                    + " answers "
                    + status
                    + Answers.because(body)
                    + (status == 401 || status == 403 ? hint() : ""));
        if (status < 500 && status != 429) {
          throw failure;
        }
        asked = Patience.asked(answer.header("Retry-After"), Instant.now());
      } catch (IOException e) {
        failure =
            new MosException(
                ErrorCode.RESOURCE,
                server.host()
                    + ": its token service "
                    + servers.other(realm).unreachable(e).getMessage(),
                e);
        if (e instanceof SSLException) {
          throw failure;
        }
      }
      if (!patience.again(asked)) {
        throw failure;
      }
    }
  }

  /** What a user can do when the server does not let them in. */
  String hint() {
    return login().isPresent()
        ? "; the password for it is wrong or does not allow this"
        : "; there is no password for it, 'podman login " + server.host() + "' keeps one";
  }

  /** A password does not leave a secure connection for an open one. */
  private URI realm(Challenge challenge) {
    String text =
        challenge
            .parameter("realm")
            .orElseThrow(
                () ->
                    new MosException(
                        ErrorCode.RESOURCE, server.host() + ": does not say who gives tokens"));
    URI realm;
    try {
      realm = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new MosException(
          ErrorCode.RESOURCE, server.host() + ": its token service '" + text + "' is no URL", e);
    }
    boolean secure = "https".equals(realm.getScheme());
    boolean plain =
        "http".equals(realm.getScheme())
            && (server.base().getScheme().equals("http")
                || Server.isLoopback(String.valueOf(realm.getAuthority())));
    if (realm.getHost() == null || !(secure || plain)) {
      throw new MosException(
          ErrorCode.RESOURCE,
          server.host() + ": its token service '" + text + "' is not reached by https");
    }
    return realm;
  }

  private Answer ask(Challenge challenge, URI realm, SequencedSet<String> scopes)
      throws IOException {
    StringBuilder query = new StringBuilder();
    challenge.parameter("service").ifPresent(service -> add(query, "service", service));
    if (login().isPresent() && login().get().identityToken().isPresent()) {
      add(query, "grant_type", "refresh_token");
      add(query, "refresh_token", login().get().identityToken().get());
      add(query, "client_id", "mos");
      if (!scopes.isEmpty()) {
        add(query, "scope", String.join(" ", scopes));
      }
      BasicClassicHttpRequest request = new BasicClassicHttpRequest("POST", realm);
      request.setHeader("Content-Type", "application/x-www-form-urlencoded");
      byte[] form = query.toString().getBytes(StandardCharsets.UTF_8);
      request.setEntity(new ByteArrayEntity(form, null));
      return servers.other(realm).send(realm, request, ANSWER);
    }
    scopes.forEach(scope -> add(query, "scope", scope));
    URI whole = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", whole);
    login().ifPresent(user -> request.setHeader("Authorization", basic(user)));
    return servers.other(whole).send(whole, request, ANSWER);
  }

  private static void add(StringBuilder query, String name, String value) {
    query.append(query.isEmpty() ? "" : "&").append(name).append('=');
    query.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  private Token token(URI realm, byte[] body) throws IOException {
    Map<String, String> fields = Answers.fields(body);
    String value = fields.getOrDefault("token", fields.getOrDefault("access_token", ""));
    if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IOException("the answer of " + realm.getAuthority() + " has no token");
    }
    long seconds = DEFAULT_SECONDS;
    try {
      seconds = Math.max(DEFAULT_SECONDS, Long.parseLong(fields.getOrDefault("expires_in", "60")));
    } catch (NumberFormatException e) {
      seconds = DEFAULT_SECONDS;
    }
    return new Token(value, Instant.now().plusSeconds(seconds - MARGIN_SECONDS));
  }
}
