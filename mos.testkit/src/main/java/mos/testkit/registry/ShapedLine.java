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
import java.util.concurrent.TimeUnit;

/**
 * A line of limited rate and some latency to a server, for whatever runs over TCP. All connections
 * share its rate, each direction for itself; a new connection costs a round trip before its first
 * byte. Nothing is lost, and TCP's slow start is not imitated.
 *
 * <p>On its own: {@code java -cp mos.testkit/target/classes mos.testkit.registry.ShapedLine PORT
 * BYTES_PER_SECOND LATENCY_MILLIS} prints {@code listening on 127.0.0.1:PORT} and runs until it is
 * killed.
 */
public final class ShapedLine implements AutoCloseable {
  private final ServerSocket listening;
  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ShapedDirection up;
  private final ShapedDirection down;

  private ShapedLine(int port, long bytesPerSecond, long latencyMillis) throws IOException {
    this.port = port;
    long latency = TimeUnit.MILLISECONDS.toNanos(latencyMillis);
    this.up = new ShapedDirection(bytesPerSecond, latency, 2 * latency, threads);
    this.down = new ShapedDirection(bytesPerSecond, latency, 0, threads);
    this.listening = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /**
   * Starts one.
   *
   * @param port of the server, on 127.0.0.1
   * @param bytesPerSecond the rate in each direction; at least 1
   * @param latencyMillis how long a byte takes in one direction; half a round trip
   */
  public static ShapedLine start(int port, long bytesPerSecond, long latencyMillis) {
    try {
      return new ShapedLine(port, bytesPerSecond, latencyMillis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Port of a server, bytes per second, milliseconds in one direction. */
  public static void main(String[] args) throws InterruptedException {
    try (ShapedLine line =
        start(Integer.parseInt(args[0]), Long.parseLong(args[1]), Long.parseLong(args[2]))) {
      System.out.println("listening on " + line.host());
      Thread.currentThread().join();
    }
  }

  /** Where clients find it: {@code 127.0.0.1:PORT}. */
  public String host() {
    return "127.0.0.1:" + listening.getLocalPort();
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

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        open.add(client);
        threads.execute(() -> connect(client));
      }
    } catch (IOException | RejectedExecutionException e) {
      // Closed.
    }
  }

  private void connect(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread answers = Thread.ofVirtual().start(() -> down.pass(server, client));
      up.pass(client, server);
      answers.join();
      open.remove(server);
    } catch (IOException e) {
      // The server is gone: the client sees its connection end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }
}
