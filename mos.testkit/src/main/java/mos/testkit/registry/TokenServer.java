package mos.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of bearer tokens for a {@link DockerRegistry}, as the token authentication specification
 * of CNCF distribution has it: GET with basic authentication, and POST with a password or a refresh
 * token (OAuth 2). The account gets every action it asks for; others get {@code pull}, or nothing.
 */
public final class TokenServer implements AutoCloseable {
  static final String SERVICE = "mos-registry";
  static final String ISSUER = "mos-token-server";

  /** The registry takes a token for so long after its end. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Authority authority;
  private final Account account;
  private final TokenSignature signature;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger expired = new AtomicInteger();
  private volatile Duration valid = Duration.ofMinutes(5);
  private volatile boolean anonymousPull;

  private TokenServer(Authority authority, Account account) throws IOException {
    this.authority = authority;
    this.account = account;
    this.signature = new TokenSignature(authority.server());
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(authority.serving()));
    this.server = https;
    server.createContext("/token", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Starts one behind TLS that knows one account. Tokens are valid for 300 seconds. */
  public static TokenServer start(Authority authority, Account account) {
    try {
      return new TokenServer(authority, account);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a client asked for.
   *
   * @param method GET or POST
   * @param grant {@code basic}, {@code anonymous}, or POST's {@code grant_type}
   * @param scopes each as {@code repository:NAME:ACTION,ACTION}
   * @param granted whether a token was issued
   */
  public record Request(String method, String grant, List<String> scopes, boolean granted) {}

  /** Where tokens are asked for. */
  public URI realm() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/token");
  }

  /** What signs the tokens' certificate. */
  public Path rootCertificate() {
    return authority.certificate();
  }

  /** What was asked for so far, the oldest first. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How long tokens are valid from now on; the registry itself is 60 seconds more generous. */
  public void validFor(Duration duration) {
    valid = duration;
  }

  /** The next tokens are expired, although they claim to be fresh: a registry answers 401. */
  public void expireNext(int tokens) {
    expired.set(tokens);
  }

  /** Whether those without a password may pull. */
  public void anonymousPull(boolean allowed) {
    anonymousPull = allowed;
  }

  /** The refresh token that the account may use instead of its password. */
  public String refreshToken() {
    return "refresh-" + account.user();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean post = exchange.getRequestMethod().equals("POST");
      String query =
          post
              ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
              : Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
      Form form = Form.parse(query);
      String grant = post ? form.first("grant_type") : basicOrAnonymous(exchange);
      boolean known = known(exchange, grant, form);
      boolean granted = known || (grant.equals("anonymous") && anonymousPull);
      requests.add(new Request(exchange.getRequestMethod(), grant, form.scopes(), granted));
      String body = granted ? token(form, known, post) : "{\"error\":\"invalid_grant\"}";
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(granted ? 200 : post ? 400 : 401, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String basicOrAnonymous(HttpExchange exchange) {
    return exchange.getRequestHeaders().containsKey("Authorization") ? "basic" : "anonymous";
  }

  private boolean known(HttpExchange exchange, String grant, Form form) {
    return switch (grant) {
      case "basic" ->
          account.basic().equals(exchange.getRequestHeaders().getFirst("Authorization"));
      case "password" ->
          account.equals(new Account(form.first("username"), form.first("password")));
      case "refresh_token" -> refreshToken().equals(form.first("refresh_token"));
      default -> false;
    };
  }

  private String token(Form form, boolean known, boolean post) {
    boolean stale = expired.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    Instant now = Instant.now();
    Instant end = stale ? now.minus(LEEWAY).minusSeconds(10) : now.plus(valid);
    List<String> access = new ArrayList<>();
    for (String scope : form.scopes()) {
      access.add(access(scope, known));
    }
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"jti\":\"%d\",\"access\":[%s]}"
            .formatted(
                ISSUER,
                known ? account.user() : "",
                form.first("service"),
                end.getEpochSecond(),
                now.getEpochSecond() - 600,
                now.getEpochSecond(),
                requests.size(),
                String.join(",", access));
    String refresh =
        post || form.first("offline_token").equals("true")
            ? ",\"refresh_token\":\"" + refreshToken() + "\""
            : "";
    return "{\"%s\":\"%s\",\"expires_in\":%d,\"issued_at\":\"%s\"%s}"
        .formatted(
            post ? "access_token" : "token",
            signature.sign(claims),
            valid.toSeconds(),
            now,
            refresh);
  }

  /** The element of the claim for a scope; its name may hold colons, those of a host's port. */
  private static String access(String scope, boolean known) {
    int first = scope.indexOf(':');
    int last = scope.lastIndexOf(':');
    List<String> actions = new ArrayList<>();
    for (String action : scope.substring(last + 1).split(",", -1)) {
      if (known || action.equals("pull")) {
        actions.add("\"" + action + "\"");
      }
    }
    return "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[%s]}"
        .formatted(
            scope.substring(0, first), scope.substring(first + 1, last), String.join(",", actions));
  }

  /** The parameters of a query or a form. */
  private record Form(Map<String, List<String>> values) {
    static Form parse(String text) {
      Map<String, List<String>> values = new HashMap<>();
      for (String pair : text.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          values
              .computeIfAbsent(decode(pair.substring(0, equals)), key -> new ArrayList<>())
              .add(decode(pair.substring(equals + 1)));
        }
      }
      return new Form(values);
    }

    String first(String name) {
      return values.getOrDefault(name, List.of("")).getFirst();
    }

    /** A POST may have them in one parameter, separated by spaces. */
    List<String> scopes() {
      return values.getOrDefault("scope", List.of()).stream()
          .flatMap(value -> List.of(value.split(" ", -1)).stream())
          .filter(scope -> scope.indexOf(':') != scope.lastIndexOf(':'))
          .toList();
    }

    private static String decode(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
  }
}
