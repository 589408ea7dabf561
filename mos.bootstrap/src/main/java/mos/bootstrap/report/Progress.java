package mos.bootstrap.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
      case AUTO -> isTerminal() ? new BarSink(err, debug) : new PlainSink(err, debug, true);
      case BAR -> new BarSink(err, debug);
      case PLAIN -> new PlainSink(err, debug, true);
      case JSON -> new JsonSink(err, debug);
      case NONE -> new PlainSink(err, debug, false);
    };
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
