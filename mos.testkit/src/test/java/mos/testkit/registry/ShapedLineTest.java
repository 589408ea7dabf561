package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShapedLineTest {
  private static final int SIZE = 500_000;

  @Test
  void passesEverythingNoFasterThanItsRateAndLatency() throws IOException {
    byte[] content = new byte[SIZE];
    new Random(3).nextBytes(content);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ShapedLine line = ShapedLine.start(server.getLocalPort(), 2_000_000, 30)) {
      Thread.ofVirtual().start(() -> echo(server));
      long before = System.nanoTime();
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(line))) {
        Thread.ofVirtual().start(() -> send(client, content));
        assertArrayEquals(content, client.getInputStream().readAllBytes());
      }
      // A quarter of a second on the line, a round trip to connect and one for the data.
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
      assertTrue(millis >= 250 + 60 + 60, millis + " ms");
    }
  }

  private static int port(ShapedLine line) {
    return Integer.parseInt(line.host().substring(line.host().indexOf(':') + 1));
  }

  private static void echo(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client's comparison tells.
    }
  }

  private static void send(Socket client, byte[] content) {
    try {
      client.getOutputStream().write(content);
      client.shutdownOutput();
    } catch (IOException e) {
      // The client's comparison tells.
    }
  }
}
