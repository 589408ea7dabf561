package mos.bootstrap.report;

import java.io.PrintStream;
import java.util.List;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/**
 * Lines at the end of a terminal that are written anew while bytes are copied, one for each blob
 * and one for all; everything else as plain lines above them. The cursor stays below them, so that
 * an error stands there, too.
 */
class BarSink implements EventSink {
  private static final long PAUSE = 100_000_000L;

  /** What is too long for the terminal is cut off there, as a second line would not be cleared. */
  private static final String CUT = "\u001b[?7l";

  private static final String NO_CUT = "\u001b[?7h";

  private final PrintStream err;
  private final PlainSink lines;
  private final Copies copies = new Copies();
  private long last;
  private boolean begun;
  private int drawn;

  BarSink(PrintStream err, boolean debug) {
    this.err = err;
    this.lines = new PlainSink(err, debug, true);
  }

  /** The time in nanoseconds, from anywhere. */
  long now() {
    return System.nanoTime();
  }

  @Override
  public synchronized void accept(Event event) {
    if (event instanceof Event.BlobProgress progress) {
      long now = now();
      copies.add(progress, now);
      if (!begun || now - last >= PAUSE || copies.isDone()) {
        draw(now);
      }
      return;
    }
    if (event instanceof Event.BlobPresent present) {
      copies.remove(present.digest());
    }
    err.print(clear());
    lines.accept(event);
  }

  /** Up to the first line drawn, and everything from there on away. */
  private String clear() {
    String clear = drawn == 0 ? "" : "\u001b[" + drawn + "A\r\u001b[J";
    drawn = 0;
    return clear;
  }

  private void draw(long now) {
    List<String> wanted = copies.lines();
    if (wanted.isEmpty()) {
      return;
    }
    begun = true;
    last = now;
    // At once: half a picture would flicker.
    err.print(clear() + CUT + String.join("\n", wanted) + NO_CUT + "\n");
    drawn = wanted.size();
  }
}
