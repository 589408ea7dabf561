package mos.plugin.registry;

import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/** The servers of one process, each with its connections. */
final class Servers implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(20);

  private final Environment environment;
  private final HostTls tls;
  private final Map<String, Server> servers = new ConcurrentHashMap<>();
  private final Map<String, Server> others = new ConcurrentHashMap<>();

  Servers(Environment environment) {
    this.environment = environment;
    this.tls = new HostTls(environment);
  }

  /** A registry. */
  Server registry(String host, boolean insecure, boolean plainHttp) {
    return servers.computeIfAbsent(
        host + " " + insecure + " " + plainHttp,
        key -> {
          HttpClient client = client(tls.context(host, insecure));
          return new Server(host, insecure, plainHttp, tls, client, environment);
        });
  }

  /** A server that a registry sends us to: with tokens, or where its blobs really are. */
  Server other(URI place) {
    String host = place.getAuthority();
    return others.computeIfAbsent(
        host,
        key -> new Server(host, false, false, tls, client(tls.context(host, false)), environment));
  }

  private HttpClient client(SSLContext context) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .sslContext(context)
            .proxy(proxies());
    return builder.build();
  }

  /** A virtual machine waits 300 ms for threads that wait for a socket, before it ends. */
  @Override
  public void close() {
    List<Server> all = new ArrayList<>(servers.values());
    all.addAll(others.values());
    all.forEach(Server::close);
    servers.clear();
    others.clear();
  }

  private ProxySelector proxies() {
    return Proxies.selector(environment);
  }
}
