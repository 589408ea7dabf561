package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.store.TransportOptions;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * One repository of a registry: sends requests with what the server wants to know, tries again what
 * may work later, and follows where it is sent. Safe for several threads.
 */
final class RepositoryClient {
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_ERROR = 16 << 10;

  private final Endpoint endpoint;
  private final Server server;
  private final Servers servers;
  private final Tokens tokens;
  private final String scope;

  /**
   * @param actions what is wanted there: {@code pull} or {@code pull,push}
   */
  RepositoryClient(
      Endpoint endpoint,
      Servers servers,
      Credentials credentials,
      TransportOptions options,
      String actions) {
    this.endpoint = endpoint;
    this.servers = servers;
    this.server = servers.registry(endpoint.host(), endpoint.insecure(), options.plainHttp());
    this.tokens = new Tokens(server, servers, () -> credentials.find(endpoint, options.login()));
    this.scope = "repository:" + endpoint.name() + ":" + actions;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** A place in this repository. */
  URI at(String path) {
    return server.base().resolve("v2/" + endpoint.name() + "/" + path);
  }

  /**
   * Sends a request until there is an answer that it expects.
   *
   * @return the answer, whose body the caller closes
   * @throws MosException RESOURCE when there is another answer, or none
   */
  Answer send(Call call) {
    Patience patience = new Patience();
    boolean renewed = false;
    while (true) {
      Optional<Duration> asked;
      MosException failure;
      try {
        Answer answer = follow(call);
        int status = answer.status();
        if (call.expects(status)) {
          return answer;
        }
        byte[] body;
        try (InputStream in = answer.body()) {
          body = in.readNBytes(MAX_ERROR);
        }
        if (status == 401 && !renewed) {
          renewed = true;
          tokens.forget(scopes(call));
          continue;
        }
        failure = refused(call, status, body);
        if (!isPassing(status)) {
          throw failure;
        }
        asked = Patience.asked(answer.header("Retry-After"), Instant.now());
      } catch (NoAnswer e) {
        failure = e.server.unreachable(e.failure);
        if (e.failure instanceof SSLException) {
          throw failure;
        }
        asked = Optional.empty();
      } catch (IOException e) {
        failure = server.unreachable(e);
        asked = Optional.empty();
      }
      if (call.isOnce() || !patience.again(asked)) {
        throw failure;
      }
    }
  }

  /** A server did not answer, which need not be the registry itself. */
  private static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Server server;
    private final IOException failure;

    NoAnswer(Server server, IOException failure) {
      super(failure);
      this.server = server;
      this.failure = failure;
    }
  }

  private static boolean isPassing(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501);
  }

  private MosException refused(Call call, int status, byte[] body) {
    String what = endpoint + ": " + call.method() + " " + call.place().getPath();
    String because = Answers.because(body);
    // Servers that leave the judging of certificates to what is behind them answer 400 or 403.
    Optional<String> missing =
        status == 400 || status == 403 ? server.lack().map(lack -> "; " + lack) : Optional.empty();
    if (status == 401 || status == 403) {
      return new MosException(
          ErrorCode.RESOURCE,
          endpoint
              + ": access denied ("
              + status
              + because
              + ")"
              + missing.orElseGet(tokens::hint));
    }
    return new MosException(
        ErrorCode.RESOURCE,
        what + ": the registry answers " + status + because + missing.orElse(""));
  }

  private Set<String> scopes(Call call) {
    Set<String> scopes = new TreeSet<>(call.scopes());
    scopes.add(scope);
    return scopes;
  }

  private Answer follow(Call call) throws IOException, NoAnswer {
    URI place = call.place();
    for (int i = 0; i <= MAX_REDIRECTS; i++) {
      Answer answer = sendTo(call, place);
      if (!isRedirect(answer.status()) || call.expects(answer.status())) {
        return answer;
      }
      answer.body().close();
      place = next(place, answer);
    }
    throw new MosException(
        ErrorCode.RESOURCE,
        endpoint + ": sends us on and on, the last time to " + place.getAuthority());
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  /** Nobody leads from a secure connection to an open one. */
  private URI next(URI from, Answer answer) {
    String location =
        answer
            .header("Location")
            .orElseThrow(
                () ->
                    new MosException(
                        ErrorCode.RESOURCE, endpoint + ": sends us on, but does not say where"));
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new MosException(
          ErrorCode.RESOURCE, endpoint + ": sends us to '" + location + "', which is no URL", e);
    }
    boolean open = "http".equals(next.getScheme()) && from.getScheme().equals("http");
    if (next.getHost() == null || !(open || "https".equals(next.getScheme()))) {
      throw new MosException(
          ErrorCode.RESOURCE,
          endpoint + ": sends us to '" + location + "', which is not reached by https");
    }
    return next;
  }

  /** The password is for the registry, not for where it sends us. */
  private Answer sendTo(Call call, URI place) throws NoAnswer {
    boolean own = place.getAuthority().equals(server.base().getAuthority());
    var body = call.body();
    BasicClassicHttpRequest request = new BasicClassicHttpRequest(call.method(), place);
    if (body != null) {
      request.setEntity(body.get());
    }
    for (int i = 0; i < call.headers().size(); i += 2) {
      request.setHeader(call.headers().get(i), call.headers().get(i + 1));
    }
    request.setHeader("User-Agent", "mos");
    if (own) {
      tokens.header(scopes(call)).ifPresent(value -> request.setHeader("Authorization", value));
    }
    Server to = own ? server : servers.other(place);
    try {
      return to.send(place, request, call.answer());
    } catch (IOException e) {
      throw new NoAnswer(to, e);
    }
  }
}
