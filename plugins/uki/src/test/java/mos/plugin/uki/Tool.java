package mos.plugin.uki;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.Assumptions;

/** Runs the real programs. */
final class Tool {
  private static final List<Path> PLACES =
      Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").map(Path::of).toList();

  private Tool() {}

  /** Skips a test where a program is not installed. */
  static void assume(String... programs) {
    for (String program : programs) {
      Assumptions.assumeTrue(
          PLACES.stream().anyMatch(place -> Files.isExecutable(place.resolve(program))),
          program + " is not installed");
    }
  }

  /** Its output; fails when it fails. */
  static String run(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (old, more) -> old + ":" + more);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(List.of(command) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output;
  }

  /** Whether it ends well. */
  static boolean succeeds(String... command) throws IOException {
    try {
      run(command);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  /** A fresh key with a certificate, made by openssl. */
  static SigningKey key(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    SigningKey key =
        new SigningKey(directory.resolve(name + ".key"), directory.resolve(name + ".pem"));
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-sha256",
        "-days",
        "3650",
        "-subj",
        "/CN=" + name,
        "-keyout",
        key.privateKey().toString(),
        "-out",
        key.certificate().toString());
    return key;
  }
}
