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
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
