package mos.bootstrap.report;

import java.io.PrintStream;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/** Plain lines: what a log or the console of an initrd can hold. */
class PlainSink implements EventSink {
  private static final long PAUSE = 5_000_000_000L;

  private final PrintStream err;
  private final boolean debug;
  private final boolean steps;
  private final Copies copies = new Copies();
  private long last;

  PlainSink(PrintStream err, boolean debug, boolean steps) {
    this.err = err;
    this.debug = debug;
    this.steps = steps;
    this.last = now();
  }

  /** The time in nanoseconds, from anywhere. */
  long now() {
    return System.nanoTime();
  }

  @Override
  public synchronized void accept(Event event) {
    // Not a switch over types: when one is first reached, it spins classes, 3 ms of a boot.
    if (event instanceof Event.StepStarted started) {
      detail("begin " + started.step());
    } else if (event instanceof Event.StepDone done) {
      step(done.step() + ": " + done.took().toMillis() + " ms");
    } else if (event instanceof Event.BlobProgress progress) {
      copy(progress);
    } else if (event instanceof Event.BlobPresent present) {
      copies.remove(present.digest());
      detail(present.digest() + " is there already");
    } else if (event instanceof Event.Note note) {
      step(note.message());
    } else if (event instanceof Event.Warning warning) {
      err.println("warning: " + warning.message());
    } else if (event instanceof Event.Detail fact) {
      detail(fact.message());
    }
  }

  private void step(String line) {
    if (steps) {
      err.println(line);
    }
  }

  private void detail(String line) {
    if (debug) {
      err.println(line);
    }
  }

  private void copy(Event.BlobProgress progress) {
    long now = now();
    copies.add(progress, now);
    if (now - last >= PAUSE) {
      last = now;
      copies.lines().forEach(this::step);
    }
  }
}
