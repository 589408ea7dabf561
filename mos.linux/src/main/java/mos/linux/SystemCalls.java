package mos.linux;

/** What all calls into the C library stand on. */
public final class SystemCalls {
  private SystemCalls() {}

  /**
   * Loads what the first call would otherwise load: the native library and its glue, some
   * milliseconds. May be called from any thread, and again.
   *
   * @throws LinkageError when the native library cannot be loaded
   */
  public static void load() {
    Libc.load();
  }
}
