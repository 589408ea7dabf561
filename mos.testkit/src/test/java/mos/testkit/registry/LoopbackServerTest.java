package mos.testkit.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopbackServerTest {
  private static Socket client(LoopbackServer server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port(server));
  }

  private static int port(LoopbackServer server) {
    return Integer.parseInt(server.host().substring("127.0.0.1:".length()));
  }

  private static void echo(Socket client) throws IOException {
    client.getInputStream().transferTo(client.getOutputStream());
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // The client's comparison tells.
    }
  }

  @Test
  void servesManyAtATime() throws IOException {
    try (LoopbackServer server = new LoopbackServer()) {
      server.start(LoopbackServerTest::echo);
      try (Socket first = client(server);
          Socket second = client(server)) {
        for (Socket socket : new Socket[] {second, first}) {
          socket.getOutputStream().write(7);
          assertEquals(7, socket.getInputStream().read());
        }
      }
    }
  }

  @Test
  void whoConnectsBeforeTheStartIsServedThen() throws IOException {
    try (LoopbackServer server = new LoopbackServer();
        Socket early = client(server)) {
      early.getOutputStream().write(7);
      server.start(LoopbackServerTest::echo);
      assertEquals(7, early.getInputStream().read());
    }
  }

  @Test
  void joinsAClientAndAServerUntilBothHaveEnded() throws IOException {
    byte[] content = "there and back".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (LoopbackServer far = new LoopbackServer();
        LoopbackServer near = new LoopbackServer()) {
      far.start(LoopbackServerTest::echo);
      near.start(
          client -> {
            try (Socket server = near.connect(port(far))) {
              LoopbackServer.join(
                  client, server, LoopbackServerTest::pass, LoopbackServerTest::pass);
            }
          });
      try (Socket client = client(near)) {
        client.getOutputStream().write(content);
        client.shutdownOutput();
        assertArrayEquals(content, client.getInputStream().readAllBytes());
      }
    }
  }

  @Test
  void closingBreaksEveryConnectionAndWaitsForItsThread() throws Exception {
    CountDownLatch served = new CountDownLatch(2);
    AtomicBoolean ended = new AtomicBoolean();
    LoopbackServer far = new LoopbackServer();
    LoopbackServer near = new LoopbackServer();
    far.start(
        client -> {
          served.countDown();
          echo(client);
        });
    near.start(
        client -> {
          try (Socket server = near.connect(port(far))) {
            served.countDown();
            server.getInputStream().read();
          } finally {
            ended.set(true);
          }
        });
    try (far;
        Socket client = client(near)) {
      assertTrue(served.await(30, TimeUnit.SECONDS));
      near.close();
      assertTrue(ended.get());
      assertEquals(-1, client.getInputStream().read());
      assertThrows(IOException.class, () -> client(near).close());
    }
  }
}
