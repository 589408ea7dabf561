package mos.bootstrap.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.spi.event.Event;
import mos.spi.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What is being copied, blob by blob and in total. Not thread-safe: its sink guards it. Times are
 * in nanoseconds.
 */
final class Copies {
  /** More lines than this are no help, and few terminals are lower. */
  private static final int MOST = 8;

  private static final int SHORT = 12;
  private static final double TOO_SLOW = 1;

  private final Map<Digest, Copy> blobs = new LinkedHashMap<>();
  private @Nullable Rate rate;

  private static final class Copy {
    private long done;
    private long total;
    private Rate rate;

    Copy(long now) {
      rate = new Rate(now);
    }

    boolean isDone() {
      return done >= total;
    }
  }

  /** A blob is so far. */
  void add(Event.BlobProgress progress, long now) {
    Rate all = rate;
    if (all == null || isDone()) {
      all = new Rate(now);
      rate = all;
    }
    Copy copy = blobs.computeIfAbsent(progress.digest(), digest -> new Copy(now));
    if (progress.done() == 0) {
      // It waited for its turn until now, or begins again.
      copy.rate = new Rate(now);
    }
    long more = Math.max(0, progress.done() - copy.done);
    copy.done = progress.done();
    copy.total = progress.total();
    copy.rate.add(more, now);
    all.add(more, now);
  }

  /** A blob was there already. */
  void remove(Digest digest) {
    blobs.remove(digest);
  }

  boolean isDone() {
    return blobs.values().stream().allMatch(Copy::isDone);
  }

  /** A line for each blob that is on its way, and one for all: bytes, rate and time left. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    long done = 0;
    long total = 0;
    int more = 0;
    for (Map.Entry<Digest, Copy> blob : blobs.entrySet()) {
      Copy copy = blob.getValue();
      done += copy.done;
      total += copy.total;
      if (copy.done == 0 || copy.isDone()) {
        continue;
      }
      if (lines.size() < MOST) {
        lines.add(
            blob.getKey().hex().substring(0, SHORT)
                + ": "
                + line(copy.done, copy.total, "", copy.rate));
      } else {
        more++;
      }
    }
    if (more > 0) {
      lines.add("and " + more + " more");
    }
    if (done > 0 && rate != null) {
      lines.add("total: " + line(done, total, count(blobs.values()), rate));
    }
    return lines;
  }

  private static String count(Collection<Copy> blobs) {
    return blobs.size() == 1 ? " in 1 blob" : " in " + blobs.size() + " blobs";
  }

  private static String line(long done, long total, String what, Rate rate) {
    String line = size(done) + " of " + size(total) + what;
    double perSecond = rate.perSecond();
    if (perSecond < TOO_SLOW) {
      return line;
    }
    return line
        + ", "
        + size(Math.round(perSecond))
        + "/s, "
        + time(Math.round((total - done) / perSecond))
        + " left";
  }

  /** A size as people read it. */
  static String size(long bytes) {
    if (bytes < 1L << 10) {
      return bytes + " B";
    }
    if (bytes < 1L << 20) {
      return (bytes >> 10) + " KiB";
    }
    if (bytes < 1L << 30) {
      return (bytes >> 20) + " MiB";
    }
    long tenths = ((bytes >> 20) * 10) >> 10;
    return tenths / 10 + "." + tenths % 10 + " GiB";
  }

  /** A time as people read it. */
  static String time(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 120 ? minutes + " min" : minutes / 60 + " h";
  }
}
