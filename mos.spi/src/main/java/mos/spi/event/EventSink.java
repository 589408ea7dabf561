package mos.spi.event;

/**
 * Where events go. Called from several threads at once; must not block for long and must not throw.
 */
@FunctionalInterface
public interface EventSink {
  /** A sink that forgets everything. */
  EventSink NONE = event -> {};

  /** Takes one event. */
  void accept(Event event);
}
