package mos.testkit.registry;

import java.io.IOException;

/** A connection is to end here, by plan. */
final class LineBroken extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean reset;

  LineBroken(boolean reset) {
    super("broken by plan");
    this.reset = reset;
  }

  /** Whether by a reset, so that what is on its way may be lost. */
  boolean reset() {
    return reset;
  }
}
