package mos.bootstrap.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sits at the other end of a stream. */
public final class Terminal {
  private Terminal() {}

  /**
   * Whether a stream of this process is a terminal.
   *
   * @param descriptor 0 for standard input, 1 for standard output, 2 for standard error
   */
  public static boolean isAt(int descriptor) {
    Path stream = Path.of("/proc/self/fd/" + descriptor);
    try {
      String target = Files.readSymbolicLink(stream).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console")
          || isTerminal((long) Files.getAttribute(stream, "unix:rdev"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether the kernel counts a device among its terminals, such as {@code hvc0}. */
  private static boolean isTerminal(long device) throws IOException {
    long major = (device >> 8) & 0xfff;
    long minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    Path subsystem = Path.of("/sys/dev/char/" + major + ":" + minor + "/subsystem");
    return Files.exists(subsystem) && subsystem.toRealPath().endsWith("tty");
  }
}
