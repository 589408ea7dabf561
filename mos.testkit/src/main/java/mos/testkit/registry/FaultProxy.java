package mos.testkit.registry;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Stands before a registry, passes requests on (HTTP/1.1) and does to them what a plan says. The
 * registry sees the client's {@code Host}, so that the addresses it answers are those of the proxy.
 */
public final class FaultProxy implements AutoCloseable {
  private final LoopbackServer clients = new LoopbackServer();
  private final URI registry;
  private final URI uri;
  private final Optional<Authority> authority;
  private final Optional<SSLSocketFactory> tls;
  private final ExchangeLog log = new ExchangeLog();
  private volatile FaultPlan plan = FaultPlan.none();

  private FaultProxy(URI registry, Optional<Authority> authority) {
    this.registry = registry;
    this.authority = authority;
    this.tls = authority.map(known -> known.serving().getSocketFactory());
    this.uri = URI.create((tls.isPresent() ? "https" : "http") + "://" + clients.host());
    clients.start(this::serve);
  }

  /**
   * Starts one without faults that speaks plain http.
   *
   * @param registry where the registry is, by plain http
   */
  public static FaultProxy start(URI registry) {
    return start(registry, Optional.empty());
  }

  /**
   * Starts one without faults that speaks TLS.
   *
   * @param registry where the registry is, by http or https
   * @param authority of the proxy's own certificate, and of the registry's
   */
  public static FaultProxy start(URI registry, Authority authority) {
    return start(registry, Optional.of(authority));
  }

  private static FaultProxy start(URI registry, Optional<Authority> authority) {
    if (registry.getScheme().equals("https") && authority.isEmpty()) {
      throw new IllegalArgumentException("no authority to trust " + registry + " by");
    }
    return new FaultProxy(registry, authority);
  }

  /** Where clients find it: {@code 127.0.0.1:PORT}. */
  public String host() {
    return uri.getAuthority();
  }

  /** Where clients find it, with the scheme. */
  public URI uri() {
    return uri;
  }

  /** What happens to requests from now on. */
  public void plan(FaultPlan next) {
    plan = next;
  }

  /** The requests since the start, or since they were forgotten; the oldest first. */
  public List<Exchange> exchanges() {
    return log.snapshot();
  }

  /** Forgets the requests. */
  public void forget() {
    log.clear();
  }

  /** Breaks all connections. */
  @Override
  public void close() {
    clients.close();
  }

  ExchangeLog.Entry begin(FaultPlan.Request request) {
    return log.begin(request, plan.faultFor(request));
  }

  Upstream connect() throws IOException {
    return Upstream.connect(registry, authority);
  }

  private void serve(Socket client) throws IOException {
    Socket line = client;
    if (tls.isPresent()) {
      // Without anything read before: a server's side of TLS.
      line = tls.orElseThrow().createSocket(client, null, true);
    }
    try (ProxiedConnection connection = new ProxiedConnection(this, line)) {
      exchange(connection, client);
    }
  }

  /** One exchange after the other, as HTTP/1.1 has it. */
  private static void exchange(ProxiedConnection connection, Socket client) throws IOException {
    try {
      while (connection.exchange()) {
        // The next.
      }
    } catch (LineBroken e) {
      if (e.reset()) {
        client.setSoLinger(true, 0);
        client.close();
      }
    }
  }
}
