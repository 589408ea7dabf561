package mos.bootstrap.report;

import java.io.PrintStream;
import mos.spi.event.EventSink;

/** How events are shown ({@code --progress}). */
public enum Progress {
  /** A bar on a terminal, else plain lines. */
  AUTO,
  /** Lines that are written anew: for each blob, and for all. */
  BAR,
  /** A line for each step, and for long copies every five seconds those of the bar. */
  PLAIN,
  /** One JSON object per line. */
  JSON,
  /** Nothing but warnings. */
  NONE;

  /**
   * The sink.
   *
   * @param debug whether details are shown too
   */
  public EventSink sink(PrintStream err, boolean debug) {
    return switch (this) {
      case AUTO -> Terminal.isAt(2) ? new BarSink(err, debug) : new PlainSink(err, debug, true);
      case BAR -> new BarSink(err, debug);
      case PLAIN -> new PlainSink(err, debug, true);
      case JSON -> new JsonSink(err, debug);
      case NONE -> new PlainSink(err, debug, false);
    };
  }
}
