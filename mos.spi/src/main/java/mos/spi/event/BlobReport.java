package mos.spi.event;

import mos.spi.model.Digest;

/**
 * Reports how far a blob is: when it begins, then after each second or 8 MiB, whichever is less,
 * and when it is whole. Safe for several threads.
 */
public final class BlobReport {
  private static final long BYTES = 8L << 20;
  private static final long NANOS = 1_000_000_000L;

  private final EventSink events;
  private final Digest digest;
  private final long total;
  private long reported;
  private long last = System.nanoTime();

  /**
   * Reports that a blob begins.
   *
   * @param total its size in bytes
   */
  public BlobReport(EventSink events, Digest digest, long total) {
    this.events = events;
    this.digest = digest;
    this.total = total;
    events.accept(new Event.BlobProgress(digest, 0, total));
  }

  /**
   * It is so far now.
   *
   * @param done bytes from its beginning; fewer than before when a part is sent anew
   */
  public synchronized void at(long done) {
    long now = System.nanoTime();
    if (done - reported >= BYTES || done < reported || done == total || now - last >= NANOS) {
      reported = done;
      last = now;
      events.accept(new Event.BlobProgress(digest, done, total));
    }
  }
}
