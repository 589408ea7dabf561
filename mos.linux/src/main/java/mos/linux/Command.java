package mos.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.unlock.Secret;

/**
 * The one way to run a program: an argument list and no shell, a small fixed environment, bounded
 * output, a time limit. Secrets go through standard input, never through arguments or the
 * environment.
 */
public final class Command {
  private static final int KEPT = 64 << 10;
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Writes what a program reads. */
  @FunctionalInterface
  private interface Input {
    void writeTo(OutputStream out) throws IOException;
  }

  private final List<String> arguments;
  private final String debianPackage;
  private final ProcessBuilder builder;
  private Duration limit = Duration.ofMinutes(10);
  private Input input = out -> {};

  private Command(String debianPackage, List<String> arguments) {
    this.debianPackage = debianPackage;
    this.arguments = List.copyOf(arguments);
    this.builder = new ProcessBuilder(this.arguments);
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", PATH, "LC_ALL", "C", "TZ", "UTC"));
  }

  /**
   * A program and its arguments.
   *
   * @param debianPackage the package that brings it, for the message when it is missing
   */
  public static Command of(String debianPackage, String program, Object... arguments) {
    List<String> all = new ArrayList<>(List.of(program));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    return new Command(debianPackage, all);
  }

  /** What it reads from standard input. */
  public Command input(Bytes bytes) {
    input = out -> out.write(bytes.toArray());
    return this;
  }

  /** A secret that it reads from standard input; no copy of it is kept. */
  public Command input(Secret secret) {
    input =
        out -> {
          Optional<IOException> failure =
              secret.use(
                  bytes -> {
                    try {
                      out.write(bytes);
                      return Optional.empty();
                    } catch (IOException e) {
                      return Optional.of(e);
                    }
                  });
          if (failure.isPresent()) {
            throw failure.get();
          }
        };
    return this;
  }

  /** A file that it reads from standard input. */
  public Command input(Path file) {
    builder.redirectInput(file.toFile());
    return this;
  }

  /** How long it may take; 10 minutes unless said otherwise. */
  public Command limit(Duration most) {
    limit = most;
    return this;
  }

  /** Its working directory. */
  public Command in(Path directory) {
    builder.directory(directory.toFile());
    return this;
  }

  /** One more variable of its environment, never a secret. */
  public Command with(String variable, String value) {
    builder.environment().put(variable, value);
    return this;
  }

  /**
   * Runs it.
   *
   * @return what it printed on standard output, at most 64 KiB
   * @throws MosException MISSING when the program is not installed
   * @throws ProgramFailedException when it fails, with its last line of standard error, or of
   *     standard output when it said nothing there
   */
  public String run() {
    Process process = start();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread errors = Thread.ofVirtual().start(() -> drain(process.getErrorStream(), err));
    Thread writer = Thread.ofVirtual().start(() -> feed(process));
    Thread output = Thread.ofVirtual().start(() -> drain(process.getInputStream(), out));
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
      // A child that it leaves behind can keep its output open.
      for (Thread thread : List.of(output, errors, writer)) {
        ended = ended && thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
      if (!ended) {
        throw new MosException(
            ErrorCode.RESOURCE,
            arguments.getFirst() + ": did not end within " + limit.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, arguments.getFirst() + ": interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      String said = lastLine(err.toString(StandardCharsets.UTF_8));
      String reason = said.isEmpty() ? lastLine(out.toString(StandardCharsets.UTF_8)) : said;
      throw new ProgramFailedException(String.join(" ", arguments), process.exitValue(), reason);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private Process start() {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new MosException(
          ErrorCode.MISSING,
          arguments.getFirst()
              + " is needed and cannot be started; install it: apt-get install "
              + debianPackage,
          e);
    }
  }

  private void feed(Process process) {
    try (OutputStream stdin = process.getOutputStream()) {
      input.writeTo(stdin);
    } catch (IOException e) {
      // It did not want to read all of it; its exit status tells whether that matters.
      return;
    }
  }

  private static void drain(InputStream from, ByteArrayOutputStream kept) {
    byte[] buffer = new byte[8192];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        kept.write(buffer, 0, Math.min(n, KEPT - Math.min(KEPT, kept.size())));
      }
    } catch (IOException e) {
      // The process ended; what was read is what there is.
      return;
    }
  }

  private static String lastLine(String text) {
    String last = "";
    for (String line : text.split("\n", -1)) {
      last = line.isBlank() ? last : line.strip();
    }
    return last;
  }
}
