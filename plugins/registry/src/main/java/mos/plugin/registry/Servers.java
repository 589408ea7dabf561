package mos.plugin.registry;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The servers of one process, each with its connections. */
final class Servers implements AutoCloseable {
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
        key -> new Server(host, insecure, plainHttp, tls, lines(host, insecure)));
  }

  /** A server that a registry sends us to: with tokens, or where its blobs really are. */
  Server other(URI place) {
    String host = place.getAuthority();
    return others.computeIfAbsent(
        host, key -> new Server(host, false, false, tls, lines(host, false)));
  }

  private Lines lines(String host, boolean insecure) {
    return new Lines(() -> tls.context(host, insecure), environment);
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
}
