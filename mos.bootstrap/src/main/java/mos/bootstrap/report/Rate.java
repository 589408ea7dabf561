package mos.bootstrap.report;

/** How fast something moved in the last seconds: between one and two spans of time. */
final class Rate {
  private static final long NANOS = 1_000_000_000L;
  private static final long SPAN = 5 * NANOS;

  private long bytes;
  private long now;
  private long newerBytes;
  private long newerTime;
  private long olderBytes;
  private long olderTime;

  /**
   * Begins with nothing.
   *
   * @param time in nanoseconds, as are all times here
   */
  Rate(long time) {
    now = time;
    newerTime = time;
    olderTime = time;
  }

  /** So many bytes more have come. */
  void add(long more, long time) {
    bytes += more;
    now = time;
    if (time - newerTime >= SPAN) {
      olderBytes = newerBytes;
      olderTime = newerTime;
      newerBytes = bytes;
      newerTime = time;
    }
  }

  /** Bytes per second; 0 where nothing can be said. */
  double perSecond() {
    long elapsed = now - olderTime;
    return elapsed <= 0 ? 0 : (double) (bytes - olderBytes) * NANOS / elapsed;
  }
}
