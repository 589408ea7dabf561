package mos.plugin.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends a transfer when nothing has come for a while: a dead line does not say so by itself. */
final class StallGuard extends FilterInputStream {
  private final ScheduledFuture<?> check;

  /** Since when a read has been waiting; 0 while none is. */
  private volatile long waiting;

  private volatile boolean stalled;

  /**
   * @param seconds how long nothing may come
   */
  StallGuard(InputStream in, long seconds) {
    super(in);
    check =
        Deadline.CLOCK.scheduleWithFixedDelay(
            () -> look(TimeUnit.SECONDS.toNanos(seconds)), 1, 1, TimeUnit.SECONDS);
  }

  private void look(long limit) {
    long since = waiting;
    if (since != 0 && System.nanoTime() - since > limit) {
      stalled = true;
      check.cancel(false);
      try {
        in.close();
      } catch (IOException e) {
        // The reader is told that nothing comes any more.
        return;
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      waiting = System.nanoTime() | 1;
      int n = in.read(bytes, offset, length);
      if (n < 0 && stalled) {
        throw new IOException("nothing came for a minute");
      }
      return n;
    } catch (IOException e) {
      throw stalled ? new IOException("nothing came for a minute", e) : e;
    } finally {
      waiting = 0;
    }
  }

  @Override
  public void close() throws IOException {
    check.cancel(false);
    super.close();
  }
}
