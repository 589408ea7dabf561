package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.MosException;

/** Who runs this program. */
final class Caller {
  private Caller() {}

  /** Whether it is root, who alone can keep and give away the owners of files. */
  static boolean isRoot() {
    try {
      // The kernel gives this directory to the effective user.
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self/"), "unix:uid"));
    } catch (IOException e) {
      throw MosException.io("cannot find out who runs this program", e);
    }
  }
}
