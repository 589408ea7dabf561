package mos.bootstrap.report;

import java.util.HashMap;
import java.util.Map;
import mos.spi.event.Event;
import mos.spi.model.Digest;

/** Adds up what is being copied. Not thread-safe: its sink guards it. */
final class Copies {
  private static final long NANOS = 1_000_000_000L;

  private final Map<Digest, Event.BlobProgress> blobs = new HashMap<>();
  private final long start = System.nanoTime();

  void add(Event.BlobProgress progress) {
    blobs.put(progress.digest(), progress);
  }

  boolean isDone() {
    return blobs.values().stream().allMatch(blob -> blob.done() >= blob.total());
  }

  /** Bytes, rate and time left. */
  @Override
  public String toString() {
    long done = 0;
    long total = 0;
    for (Event.BlobProgress blob : blobs.values()) {
      done += blob.done();
      total += blob.total();
    }
    long elapsed = Math.max(1, System.nanoTime() - start);
    double rate = (double) done * NANOS / elapsed;
    long left = rate < 1 ? 0 : Math.round((total - done) / rate);
    return size(done)
        + " of "
        + size(total)
        + " in "
        + blobs.size()
        + " blobs, "
        + size(Math.round(rate))
        + "/s, "
        + left
        + " s left";
  }

  /** A size as people read it. */
  static String size(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    if (bytes < 1 << 20) {
      return (bytes >> 10) + " KiB";
    }
    return (bytes >> 20) + " MiB";
  }
}
