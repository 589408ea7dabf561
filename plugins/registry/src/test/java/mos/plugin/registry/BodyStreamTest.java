package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BodyStreamTest {
  private final BodyStream body = new BodyStream();
  private final Line line = new Line();

  /** What the client would be asked for. */
  private static final class Line implements Flow.Subscription {
    private long requested;
    private volatile boolean cancelled;

    @Override
    public void request(long n) {
      requested += n;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @BeforeEach
  void begin() {
    body.onSubscribe(line);
  }

  private static List<ByteBuffer> bytes(String... texts) {
    return List.of(texts).stream()
        .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  @Test
  void everythingThatCameIsGivenBeforeTheFailure() throws IOException {
    body.onNext(bytes("one", "", "two"));
    body.onNext(bytes("three"));
    body.onError(new IOException("the line broke"));
    assertArrayEquals("onetwothree".getBytes(StandardCharsets.UTF_8), body.readNBytes(11));
    IOException first = assertThrows(IOException.class, body::read);
    assertEquals("the line broke", first.getMessage());
    assertThrows(IOException.class, body::read);
  }

  @Test
  void theEndStaysTheEnd() throws IOException {
    body.onNext(bytes("x"));
    body.onComplete();
    assertEquals('x', body.read());
    assertEquals(-1, body.read());
    assertEquals(-1, body.read(new byte[3], 0, 3));
  }

  @Test
  void onePieceIsAskedForAheadAndNoMore() throws IOException {
    assertEquals(1, line.requested);
    body.onNext(bytes("abc"));
    assertEquals(1, line.requested);
    assertEquals('a', body.read());
    assertEquals(2, line.requested);
    assertEquals('b', body.read());
    assertEquals(2, line.requested);
  }

  @Test
  void closingEndsTheTransferAndWhoeverWaits() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          Thread closer =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        try {
                          Thread.sleep(50);
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        body.close();
                      });
          assertThrows(IOException.class, body::read);
          closer.join();
          assertTrue(line.cancelled);
        });
  }

  @Test
  void anInterruptionEndsTheTransfer() {
    Thread.currentThread().interrupt();
    assertThrows(InterruptedIOException.class, body::read);
    assertTrue(Thread.interrupted());
    assertTrue(line.cancelled);
  }
}
