package mos.testkit.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A port of this machine alone, and a thread for each connection to it. Closing it breaks all
 * connections and waits for their threads.
 */
final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 1000;

  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** What is done with a connection, which is closed afterwards. */
  @FunctionalInterface
  interface Service {
    /** Serves a client; a broken line ends it, which the other side sees as well. */
    void serve(Socket client) throws IOException, InterruptedException;
  }

  /** Passes on what one side says to the other, until one of the two ends. */
  @FunctionalInterface
  interface Direction {
    /** Passes it on. */
    void pass(Socket from, Socket to);
  }

  /** Takes a port. Who connects waits until {@link #start}. */
  LoopbackServer() {
    try {
      this.listening = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to serve. */
  void start(Service service) {
    threads.execute(() -> accept(service));
  }

  /** Where clients find it: {@code 127.0.0.1:PORT}. */
  String host() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** The threads, which end when it is closed. */
  ExecutorService threads() {
    return threads;
  }

  /** Connects to another server of this machine; that connection is broken by closing, too. */
  Socket connect(int port) throws IOException {
    Socket server = keep(new Socket(InetAddress.getLoopbackAddress(), port));
    server.setTcpNoDelay(true);
    return server;
  }

  /** Lets two sides talk, until neither says more. */
  static void join(Socket client, Socket server, Direction up, Direction down)
      throws InterruptedException {
    Thread answers = Thread.ofVirtual().start(() -> down.pass(server, client));
    up.pass(client, server);
    answers.join();
  }

  @Override
  public void close() {
    try {
      listening.close();
      threads.shutdownNow();
      for (Socket socket : open) {
        socket.close();
      }
      threads.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Socket keep(Socket socket) {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    return socket;
  }

  private void accept(Service service) {
    try {
      while (true) {
        Socket client = keep(listening.accept());
        threads.execute(() -> serve(client, service));
      }
    } catch (IOException | RejectedExecutionException e) {
      // Closed.
    }
  }

  private static void serve(Socket client, Service service) {
    try (client) {
      client.setTcpNoDelay(true);
      service.serve(client);
    } catch (IOException e) {
      // One side is gone: the other one sees its connection end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
