package mos.plugin.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mos.linux.Command;
import org.junit.jupiter.api.Assumptions;

/** A disk that is a file. */
record LoopDisk(Path file, Path device) implements AutoCloseable {
  /** Skips the test where there can be none. */
  static void assume() throws IOException {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")), "needs loop devices");
  }

  /** An empty one. */
  static LoopDisk create(Path file, int mib, String... options) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength((long) mib << 20);
    }
    return attach(file, options);
  }

  static LoopDisk attach(Path file, String... options) {
    List<Object> arguments = new java.util.ArrayList<>(List.of("--find", "--show", "--partscan"));
    arguments.addAll(List.of(options));
    arguments.add(file);
    String device = Command.of("util-linux", "losetup", arguments.toArray()).run().strip();
    return new LoopDisk(file, Path.of(device));
  }

  void run(String program, Object... arguments) {
    List<Object> all = new java.util.ArrayList<>(List.of(arguments));
    all.add(device);
    Command.of("util-linux", program, all.toArray()).run();
  }

  @Override
  public void close() {
    Command.of("util-linux", "losetup", "--detach", device).run();
  }
}
