package mos.distribution.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Skips, visibly, what needs root. */
final class AsRoot {
  private AsRoot() {}

  static void required() {
    try {
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      Assumptions.assumeTrue(root, "needs root: it mounts file systems");
      Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")), "needs loop devices");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
