package mos.distribution.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the programs of the linked images, and the tools that the tests compare them with. */
final class Programs {
  private static final Path IMAGES =
      Path.of(System.getProperty("mos.images", "../target/images")).toAbsolutePath().normalize();
  private static final long LIMIT_SECONDS = 120;

  private Programs() {}

  /** What a program did. */
  record Run(List<String> command, int status, String out, String err) {
    /** Fails the test when the program did not end well. */
    Run ok() {
      return ends(0);
    }

    /** Fails the test when the program ended otherwise. */
    Run ends(int expected) {
      if (status != expected) {
        throw new AssertionError(this + "\nexpected status " + expected);
      }
      return this;
    }

    /** Fails the test unless there is exactly one line of error, with all these words in it. */
    Run says(String... words) {
      List<String> lines = err.lines().filter(line -> !line.isBlank()).toList();
      String last = lines.isEmpty() ? "" : lines.getLast();
      for (String word : words) {
        if (!last.contains(word)) {
          throw new AssertionError(
              this + "\nexpected the last line of standard error to contain '" + word + "'");
        }
      }
      if (err.contains("Exception") || err.contains("\tat ")) {
        throw new AssertionError(this + "\nshows a stack trace");
      }
      return this;
    }

    @Override
    public String toString() {
      return String.join(" ", command)
          + "\nended with "
          + status
          + "\nstdout: "
          + out
          + "\nstderr: "
          + err;
    }
  }

  static Path image(String name) {
    return IMAGES.resolve(name);
  }

  static List<String> mosctl(Object... args) {
    return command(image("admin").resolve("bin/mosctl"), args);
  }

  static List<String> mosb(Object... args) {
    return command(image("admin").resolve("bin/mosb"), args);
  }

  static List<String> initrdMosctl(Object... args) {
    return command(image("initrd").resolve("bin/mosctl"), args);
  }

  static List<String> command(Object program, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return command;
  }

  static Run run(List<String> command) {
    return run(command, Map.of());
  }

  static Run run(List<String> command, Map<String, String> environment) {
    return run(command, environment, Duration.ofSeconds(LIMIT_SECONDS));
  }

  static Run run(List<String> command, Map<String, String> environment, Duration limit) {
    return run(command, environment, Path.of("/dev/null"), limit);
  }

  /** With something to read on standard input. */
  static Run run(List<String> command, Map<String, String> environment, String input) {
    try {
      Path file = Files.createTempFile("mos-in", null);
      try {
        Files.writeString(file, input);
        return run(command, environment, file, Duration.ofSeconds(LIMIT_SECONDS));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    }
  }

  private static Run run(
      List<String> command, Map<String, String> environment, Path in, Duration limit) {
    try {
      Path out = Files.createTempFile("mos-out", null);
      Path err = Files.createTempFile("mos-err", null);
      try {
        Process process = start(command, environment, in, out, err);
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              String.join(" ", command) + " did not end; " + Files.readString(err));
        }
        return new Run(command, process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(String.join(" ", command), e);
    }
  }

  private static Process start(
      List<String> command, Map<String, String> environment, Path in, Path out, Path err)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectInput(in.toFile());
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }
}
