package mos.distribution.system;

import static mos.distribution.system.Programs.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the program (SIGKILL, by strace's fault injection) at every call that changes what the next
 * run finds, of install, update and create-boot-fs. Killed before one call is killed after the one
 * that came before it. The same command again succeeds, and the machine boots the old system or the
 * new one.
 */
final class CrashTest {
  /**
   * What changes what the next run finds. Not fsync(2): a killed process loses nothing of the page
   * cache, so that before and after it the next run finds the same.
   */
  private static final String CALLS =
      "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,mount,move_mount,umount2";

  private static final Pattern CALL = Pattern.compile("^(\\d+) +([a-z0-9_]+)\\(");

  private static Workshop shop;
  private static String first;
  private static String second;

  @TempDir Path temporary;

  @BeforeAll
  static void publish(@TempDir Path directory) throws IOException {
    AsRoot.required();
    shop = new Workshop(directory.resolve("shop"));
    var hostfs =
        new Workshop.Entry(
            "hostfs", "hostfs", "1.0", shop.image("hostfs:1", Map.of("etc/os", "one")));
    var hostfs2 =
        new Workshop.Entry(
            "hostfs", "hostfs", "2.0", shop.image("hostfs:2", Map.of("etc/os", "two")));
    var site =
        new Workshop.Entry(
            "site", "fs-only", "1.0", shop.image("site:1", Map.of("index.html", "hello")));
    first = shop.published("machine/first:1", "complete", hostfs, site);
    second = shop.published("machine/second:1", "complete", hostfs2, site);
  }

  /** One moment to be killed at: the {@code when}th time that a thread makes this call. */
  private record Moment(String call, int when) {}

  /** Runs a command under strace and lists every moment at which it can be killed. */
  private List<Moment> moments(List<String> command) throws IOException {
    Path log = Files.createTempFile(temporary, "strace", ".log");
    List<String> traced =
        new ArrayList<>(
            List.of("strace", "-f", "-qq", "-o", log.toString(), "-e", "trace=" + CALLS));
    traced.addAll(command);
    run(traced).ok();
    Map<String, Integer> most = new TreeMap<>();
    Map<String, Integer> byThread = new HashMap<>();
    for (String line : Files.readAllLines(log)) {
      Matcher call = CALL.matcher(line);
      if (call.find()) {
        int times = byThread.merge(call.group(1) + " " + call.group(2), 1, Integer::sum);
        most.merge(call.group(2), times, Math::max);
      }
    }
    List<Moment> moments = new ArrayList<>();
    most.forEach(
        (call, times) -> {
          for (int when = 1; when <= times; when++) {
            moments.add(new Moment(call, when));
          }
        });
    return moments;
  }

  /**
   * Runs a command that is killed at a moment. Threads share the work differently from run to run,
   * so a moment may not come; the command then ends well.
   */
  private static void kill(Moment moment, List<String> command) {
    List<String> traced =
        new ArrayList<>(
            List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + moment.call(),
                "-e",
                "inject=" + moment.call() + ":signal=KILL:when=" + moment.when()));
    traced.addAll(command);
    Programs.Run killed = run(traced);
    assertTrue(killed.status() == 137 || killed.status() == 0, moment + ": " + killed);
  }

  private Host fresh(String name) throws IOException {
    return new Host(temporary.resolve(name), shop.ca());
  }

  private static String bootsInto(Host host) throws IOException {
    host.initrd("create-boot-fs", "--readonly").ok();
    try {
      return Files.readString(host.path("sysroot/etc/os"));
    } finally {
      host.initrd("umount", host.path("sysroot")).ok();
    }
  }

  @Test
  void lesson16InstallKilledAnywhereCanBeRepeated() throws IOException {
    List<Moment> moments;
    try (Host host = fresh("trial")) {
      moments = moments(host.command("install", first));
    }
    assertTrue(moments.size() > 10, "is the list of calls right? " + moments);
    for (Moment moment : moments) {
      try (Host host = fresh("install-" + moment.call() + moment.when())) {
        kill(moment, host.command("install", first));
        Programs.Run again = host.mosctlRun("install", first);
        // Killed after the reference moved: then the system is installed, and install says so.
        assertTrue(again.status() == 0 || again.status() == 2, moment + ": " + again);
        assertEquals("one", bootsInto(host), moment.toString());
        run(List.of("git", "-C", host.path("config/manifest.git").toString(), "fsck", "--strict"))
            .ok();
      }
    }
  }

  @Test
  void lesson16UpdateKilledAnywhereLeavesTheOldOrTheNewSystem() throws IOException {
    Path installed = temporary.resolve("installed");
    try (Host host = new Host(installed, shop.ca())) {
      host.mosctlRun("install", first).ok();
    }
    List<Moment> moments;
    try (Host host = copy(installed, "trial")) {
      moments = moments(host.command("update", second));
    }
    assertTrue(moments.size() > 10, "is the list of calls right? " + moments);
    for (Moment moment : moments) {
      try (Host host = copy(installed, "update-" + moment.call() + moment.when())) {
        kill(moment, host.command("update", second));
        String os = bootsInto(host);
        assertTrue(os.equals("one") || os.equals("two"), moment + ": " + os);
        host.mosctlRun("update", second).ok();
        assertEquals("two", bootsInto(host), moment.toString());
        run(List.of("git", "-C", host.path("config/manifest.git").toString(), "fsck", "--strict"))
            .ok();
      }
    }
  }

  private Host copy(Path installed, String name) throws IOException {
    Path copy = temporary.resolve(name);
    run(List.of("cp", "-a", installed.toString(), copy.toString())).ok();
    return new Host(copy, shop.ca());
  }

  @Test
  void lesson19BootFileSystemKilledAnywhereCanBeMountedAndLeavesNothing() throws IOException {
    try (Host host = fresh("boot")) {
      host.mosctlRun("install", first).ok();
      Path initrd = Programs.image("initrd").resolve("bin/mosctl");
      List<String> command =
          Programs.command(initrd, "create-boot-fs", "--root", host.root(), "--ca", shop.ca());
      List<Moment> moments = moments(command);
      host.initrd("umount", host.path("sysroot")).ok();
      assertTrue(moments.size() > 3, "is the list of calls right? " + moments);
      for (Moment moment : moments) {
        kill(moment, command);
        host.initrd("create-boot-fs").ok();
        assertEquals("one", Files.readString(host.path("sysroot/etc/os")), moment.toString());
        host.initrd("umount", host.path("sysroot")).ok();
        assertEquals(List.of(), host.mounts(), moment.toString());
        assertEquals(List.of(), host.loops(), moment.toString());
      }
    }
  }
}
