package mos.bootstrap.report;

import java.io.PrintStream;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/**
 * One line of a terminal that is written anew while bytes are copied; everything else as plain
 * lines above it.
 */
final class BarSink implements EventSink {
  private static final long PAUSE = 100_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final PlainSink lines;
  private final Copies copies = new Copies();
  private long last;
  private boolean drawn;

  BarSink(PrintStream err, boolean debug) {
    this.err = err;
    this.lines = new PlainSink(err, debug, true);
  }

  @Override
  public synchronized void accept(Event event) {
    if (event instanceof Event.BlobProgress progress) {
      copies.add(progress);
      long now = System.nanoTime();
      if (now - last >= PAUSE || copies.isDone()) {
        last = now;
        err.print(CLEAR + copies);
        drawn = true;
      }
      return;
    }
    if (drawn) {
      err.print(CLEAR);
      drawn = false;
    }
    lines.accept(event);
  }
}
