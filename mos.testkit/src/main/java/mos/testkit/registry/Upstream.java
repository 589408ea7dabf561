package mos.testkit.registry;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;

/** A connection to the registry behind a proxy. */
final class Upstream implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private Upstream(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    this.out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
  }

  static Upstream connect(URI registry, Optional<Authority> authority) throws IOException {
    boolean tls = registry.getScheme().equals("https");
    return new Upstream(
        tls
            ? authority
                .orElseThrow()
                .trusting()
                .getSocketFactory()
                .createSocket(registry.getHost(), registry.getPort())
            : new Socket(registry.getHost(), registry.getPort()));
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  /** Tells the registry that the request ends here, complete or not. */
  void endRequest() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // The registry has ended the connection itself.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
