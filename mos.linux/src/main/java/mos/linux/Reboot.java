package mos.linux;

/** What ends everything (reboot(2)). */
public enum Reboot {
  /** The machine starts again. */
  RESTART(0x01234567),
  /** The machine switches itself off. */
  POWER_OFF(0x4321fedc);

  private final int command;

  Reboot(int command) {
    this.command = command;
  }

  /** The number that the kernel knows it by. */
  int command() {
    return command;
  }

  /**
   * Flushes every file system and does it, at once and without asking anybody. Returns only in a
   * container, whose end it is.
   */
  public void now() {
    Libc.call("sync", "all file systems");
    Libc.call("reboot", toString(), command);
  }
}
