package mos.distribution.system;

import static mos.distribution.system.Programs.initrdMosctl;
import static mos.distribution.system.Programs.mosctl;
import static mos.distribution.system.Programs.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A machine: a directory that stands for its root. Closing it unmounts whatever a test left, and
 * fails if that was needed.
 */
final class Host implements AutoCloseable {
  private final Path root;
  private final Path ca;

  Host(Path root, Path ca) throws IOException {
    this.root = Files.createDirectories(root).toRealPath();
    this.ca = ca;
  }

  Path root() {
    return root;
  }

  Path path(String below) {
    return root.resolve(below);
  }

  List<String> command(Object... args) {
    return mosctl(withHost(args));
  }

  /** Runs mosctl of the admin image. */
  Programs.Run mosctlRun(Object... args) {
    return run(command(args));
  }

  /** The same with variables. */
  Programs.Run mosctlRun(Map<String, String> variables, Object... args) {
    return run(command(args), variables);
  }

  /** Runs mosctl of the netboot image. */
  Programs.Run netboot(Map<String, String> variables, Object... args) {
    return run(netbootCommand(args), variables);
  }

  List<String> netbootCommand(Object... args) {
    return Programs.command(Programs.image("netboot").resolve("bin/mosctl"), withHost(args));
  }

  /** Runs mosctl of the initrd image. */
  Programs.Run initrd(Object... args) {
    return run(initrdMosctl(withHost(args)));
  }

  private Object[] withHost(Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(1, List.of("--root", root, "--ca", ca));
    return all.toArray();
  }

  /** The mount points below the root, as the kernel has them. */
  List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", 6)[4])
        .filter(point -> point.startsWith(root.toString()))
        .toList();
  }

  /**
   * The loop devices whose file is below the root. The kernel takes a device away in a work queue,
   * a moment after its last use, so this waits for that, not for long.
   */
  List<String> loops() {
    List<String> loops = presentLoops();
    for (int i = 0; i < 20 && !loops.isEmpty(); i++) {
      LockSupport.parkNanos(100_000_000L);
      loops = presentLoops();
    }
    return loops;
  }

  private List<String> presentLoops() {
    return run(List.of("losetup", "-l", "-n", "-O", "NAME,BACK-FILE"))
        .ok()
        .out()
        .lines()
        .filter(line -> line.contains(root.toString()))
        .toList();
  }

  @Override
  public void close() throws IOException {
    List<String> left = new ArrayList<>(mounts());
    List<String> loops = loops();
    for (String point : left.reversed()) {
      run(List.of("umount", "-l", point));
    }
    if (!left.isEmpty() || !loops().isEmpty()) {
      throw new AssertionError("left mounted: " + left + ", loop devices: " + loops);
    }
  }
}
