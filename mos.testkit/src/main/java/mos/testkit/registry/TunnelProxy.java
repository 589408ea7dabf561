package mos.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy that makes tunnels ({@code CONNECT}, RFC 9110, section 9.3.6) for whoever knows its
 * password. Every name leads to this machine, so that a registry here can have one that is not of
 * loopback.
 */
public final class TunnelProxy implements AutoCloseable {
  private static final int MAX_HEAD = 16 << 10;
  private static final String END = "\r\n\r\n";

  private final LoopbackServer clients = new LoopbackServer();
  private final String wanted;
  private final List<String> tunnels = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();

  private TunnelProxy(Account account) {
    String pair = account.user() + ":" + account.password();
    this.wanted =
        "proxy-authorization: basic "
            + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    clients.start(this::serve);
  }

  /** Starts one. */
  public static TunnelProxy start(Account account) {
    return new TunnelProxy(account);
  }

  /** Where it is: {@code 127.0.0.1:PORT}. */
  public String host() {
    return clients.host();
  }

  /** Where tunnels were made to, in order: {@code HOST:PORT}. */
  public List<String> tunnels() {
    return List.copyOf(tunnels);
  }

  /** The first lines of what it did not do. */
  public List<String> refused() {
    return List.copyOf(refused);
  }

  @Override
  public void close() {
    clients.close();
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    List<String> head = head(client.getInputStream()).lines().toList();
    String[] asked = head.getFirst().split(" ", -1);
    boolean known = head.stream().anyMatch(line -> line.equalsIgnoreCase(wanted));
    if (!known || !asked[0].equals("CONNECT")) {
      refused.add(head.getFirst());
      say(
          client,
          known
              ? "405 Tunnels only"
              : "407 No\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0");
      return;
    }
    int port = Integer.parseInt(asked[1].substring(asked[1].lastIndexOf(':') + 1));
    try (Socket server = clients.connect(port)) {
      tunnels.add(asked[1]);
      say(client, "200 Connected");
      LoopbackServer.join(client, server, TunnelProxy::pass, TunnelProxy::pass);
    }
  }

  /** A request's head, byte by byte: what follows is for the tunnel. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf(END, Math.max(0, head.length() - END.length())) < 0) {
      int next = in.read();
      if (next < 0 || head.length() == MAX_HEAD) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void say(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(("HTTP/1.1 " + status + END).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side is gone: the other one sees its connection end.
    }
  }
}
