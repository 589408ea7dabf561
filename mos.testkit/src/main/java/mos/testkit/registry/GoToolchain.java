package mos.testkit.registry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** The Go toolchain, where this machine has one. */
final class GoToolchain {
  private GoToolchain() {}

  /**
   * The program {@code go}.
   *
   * @param purpose what for, as a skipped test says it
   * @throws TestAbortedException when there is none
   */
  static Path required(String purpose) {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/local/go/bin", "/usr/lib/go/bin"))
        .map(directory -> Path.of(directory, "go"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new TestAbortedException("there is no Go toolchain (go) " + purpose));
  }
}
