package mos.plugin.registry;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends a connection when something takes too long there: whoever waits for it gets an error. */
final class Deadline implements AutoCloseable {
  /** Calls those who end connections. */
  static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final ScheduledFuture<?> end;
  private volatile boolean passed;

  Deadline(Duration longest, Closeable line) {
    end = CLOCK.schedule(() -> pass(line), longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("registry-clock").unstarted(task));
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  private void pass(Closeable line) {
    passed = true;
    try {
      line.close();
    } catch (IOException e) {
      // Who waits is told that it took too long.
      return;
    }
  }

  /** The error for what failed meanwhile: it may be this that ended it. */
  IOException reason(IOException failure, String tooLong) {
    if (!passed) {
      return failure;
    }
    SocketTimeoutException reason = new SocketTimeoutException(tooLong);
    reason.initCause(failure);
    return reason;
  }

  @Override
  public void close() {
    end.cancel(false);
  }
}
