package mos.testkit.registry;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
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
  private final LoopbackServer clients = new LoopbackServer();
  private final ShapedDirection up;
  private final ShapedDirection down;

  private ShapedLine(int port, long bytesPerSecond, long latencyMillis) {
    long latency = TimeUnit.MILLISECONDS.toNanos(latencyMillis);
    ExecutorService threads = clients.threads();
    this.up = new ShapedDirection(bytesPerSecond, latency, 2 * latency, threads);
    this.down = new ShapedDirection(bytesPerSecond, latency, 0, threads);
    clients.start(client -> connect(client, port));
  }

  /**
   * Starts one.
   *
   * @param port of the server, on 127.0.0.1
   * @param bytesPerSecond the rate in each direction; at least 1
   * @param latencyMillis how long a byte takes in one direction; half a round trip
   */
  public static ShapedLine start(int port, long bytesPerSecond, long latencyMillis) {
    return new ShapedLine(port, bytesPerSecond, latencyMillis);
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
    return clients.host();
  }

  @Override
  public void close() {
    clients.close();
  }

  private void connect(Socket client, int port) throws IOException, InterruptedException {
    try (Socket server = clients.connect(port)) {
      LoopbackServer.join(client, server, up::pass, down::pass);
    }
  }
}
