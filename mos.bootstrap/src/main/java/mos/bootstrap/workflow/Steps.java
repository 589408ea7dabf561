package mos.bootstrap.workflow;

import java.time.Duration;
import java.util.function.Supplier;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/** Reports the beginning and the end of the steps of a workflow. */
final class Steps {
  private final EventSink events;

  Steps(EventSink events) {
    this.events = events;
  }

  /** Runs a step. When it fails there is no end to report: the error says where it was. */
  <T> T run(String name, Supplier<T> step) {
    long start = System.nanoTime();
    events.accept(new Event.StepStarted(name));
    T result = step.get();
    events.accept(new Event.StepDone(name, Duration.ofNanos(System.nanoTime() - start)));
    return result;
  }

  /** Runs a step that gives nothing back. */
  void run(String name, Runnable step) {
    run(
        name,
        () -> {
          step.run();
          return name;
        });
  }
}
