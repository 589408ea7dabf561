package mos.plugin.gitupgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mos.spi.upgrade.SystemState;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer in a process of its own is killed (SIGKILL) as it enters each of the system calls that
 * change names: strace's fault injection counts them.
 */
class KilledWriterTest {
  private static final String CALLS = "rename,unlink";
  private static final int SIGKILL_STATUS = 128 + 9;

  @TempDir private Path directory;

  @BeforeEach
  void needStrace() throws Exception {
    boolean works =
        Stream.of("/usr/bin/strace", "/bin/strace")
                .anyMatch(path -> Files.isExecutable(Path.of(path)))
            && new ProcessBuilder("strace", "-o", "/dev/null", "true").start().waitFor() == 0;
    Assumptions.assumeTrue(works, "strace is not installed or must not trace");
  }

  private int strace(Path config, String version, Path log, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", log.toString()));
    command.add("-e");
    command.add("trace=" + CALLS);
    command.addAll(List.of(options));
    command.addAll(ChildJava.command(WriterProcess.class, config.toString(), version));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the writer hangs");
    return process.exitValue();
  }

  /** Kills a writer of {@code version} at its n-th call for each n until it lives through. */
  private void killEverywhere(
      Optional<String> before, String version, Set<Optional<String>> expected) throws Exception {
    Set<Optional<String>> seen = new HashSet<>();
    int call = 1;
    while (true) {
      Path config = directory.resolve(version + "-" + call + "/config");
      if (before.isPresent()) {
        WriterProcess.commit(config, before.get());
      }
      Path log = directory.resolve("log");
      int status =
          strace(config, version, log, "-e", "inject=" + CALLS + ":signal=KILL:when=" + call);
      if (status == 0) {
        break;
      }
      assertEquals(
          SIGKILL_STATUS, status, () -> "the writer failed: " + read(directory.resolve("output")));
      seen.add(assertRecovers(config, before, version, "killed at call " + call));
      call++;
    }
    assertTrue(call > 10, "only " + call + " calls");
    assertEquals(expected, seen);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Optional<String> assertRecovers(
      Path config, Optional<String> before, String version, String when) throws IOException {
    Optional<String> found;
    try (SystemState state = new GitStateProvider().read(config)) {
      found = WriterProcess.version(state.current());
    }
    assertTrue(found.equals(before) || found.equals(Optional.of(version)), when + ": " + found);

    WriterProcess.commit(config, version);
    try (SystemState state = new GitStateProvider().read(config)) {
      assertEquals(Optional.of(version), WriterProcess.version(state.current()), when);
    }
    Path repository = config.resolve("manifest.git");
    Git git = new Git(repository);
    assertEquals("", git.run("status", "--porcelain", "--ignored"), when);
    assertFalse(git.run("fsck", "--strict", "--full").contains("error"), when);
    assertEquals(before.isPresent() ? "2" : "1", git.run("rev-list", "--count", "HEAD"), when);
    assertNothingLeftOver(config, when);
    return found;
  }

  private static void assertNothingLeftOver(Path config, String when) throws IOException {
    try (Stream<Path> files = Files.walk(config)) {
      List<Path> left =
          files
              .filter(
                  file ->
                      (file.toString().endsWith(".lock") && !file.endsWith("manifest.lock"))
                          || file.toString().endsWith(".tmp")
                          || file.getFileName().toString().startsWith("mos-")
                          || file.endsWith(".manifest.git.new"))
              .toList();
      assertEquals(List.of(), left, when);
    }
  }

  @Test
  void lesson16AKilledInstallLeavesNothingOrTheSystemAndWorksAgain() throws Exception {
    // The last of these calls is the one that puts the whole repository in its place.
    killEverywhere(Optional.empty(), "1", Set.of(Optional.empty()));
  }

  @Test
  void lesson16AKilledUpdateLeavesTheOldOrTheNewSystemAndWorksAgain() throws Exception {
    killEverywhere(Optional.of("1"), "2", Set.of(Optional.of("1"), Optional.of("2")));
  }
}
