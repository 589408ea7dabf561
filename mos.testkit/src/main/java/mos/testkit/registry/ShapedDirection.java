package mos.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One direction of a {@link ShapedLine}. */
final class ShapedDirection {
  private static final int PACKET = 16 * 1024;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What waits before the line, so that it is never idle for a thread that woke up late. */
  private static final long BACKLOG = TimeUnit.MILLISECONDS.toNanos(5);

  private final long bytesPerSecond;
  private final long latency;
  private final long first;
  private final ExecutorService threads;
  private long free = System.nanoTime();

  /**
   * A direction.
   *
   * @param latency nanoseconds
   * @param first nanoseconds more for the first packet of a connection
   */
  ShapedDirection(long bytesPerSecond, long latency, long first, ExecutorService threads) {
    this.bytesPerSecond = bytesPerSecond;
    this.latency = latency;
    this.first = first;
    this.threads = threads;
  }

  /** Passes everything on until one of the two ends. */
  void pass(Socket from, Socket to) {
    int room = (int) (bytesPerSecond * (latency + first + BACKLOG) / SECOND / PACKET) * 2 + 64;
    BlockingQueue<Packet> line = new LinkedBlockingQueue<>(room);
    var arrival = threads.submit(() -> deliver(line, from, to));
    long opened = System.nanoTime() + first;
    try {
      InputStream in = from.getInputStream();
      byte[] buffer = new byte[PACKET];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        long sent = reserve(count);
        line.put(
            new Packet(
                ByteBuffer.wrap(buffer.clone(), 0, count), Math.max(sent, opened) + latency));
        sleepUntil(sent - BACKLOG);
      }
    } catch (IOException e) {
      // Broken here: the other side sees an end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      arrival.cancel(true);
      return;
    }
    try {
      line.put(new Packet(ByteBuffer.allocate(0), System.nanoTime() + latency));
      arrival.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Packet(ByteBuffer bytes, long due) {}

  /** When the last of so many bytes is on the line. */
  private synchronized long reserve(int bytes) {
    free = Math.max(free, System.nanoTime()) + bytes * SECOND / bytesPerSecond;
    return free;
  }

  private static void deliver(BlockingQueue<Packet> line, Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      for (Packet packet = line.take(); packet.bytes().hasRemaining(); packet = line.take()) {
        sleepUntil(packet.due());
        out.write(packet.bytes().array(), 0, packet.bytes().limit());
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeBoth(from, to);
      // Whoever fills the line must not wait for room.
      line.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeBoth(Socket one, Socket other) {
    try (one) {
      other.close();
    } catch (IOException e) {
      // Both are of no more use.
    }
  }

  private static void sleepUntil(long moment) throws InterruptedException {
    long left = moment - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }
}
