package mos.testkit.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that ends with this JVM at the latest, however that ends: a shutdown hook kills it, and
 * where no hook runs, the kernel does ({@code setpriv --pdeathsig}).
 */
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Path errors;
  private final Thread atExit;

  private ChildProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.atExit = new Thread(() -> kill(process));
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts a program.
   *
   * @param errors the file that takes what it writes to its standard error stream
   */
  static ChildProcess start(List<String> command, Path errors) {
    List<String> bound =
        Stream.concat(Stream.of("setpriv", "--pdeathsig", "KILL", "--"), command.stream()).toList();
    ProcessBuilder builder = new ProcessBuilder(bound).redirectError(errors.toFile());
    CompletableFuture<Process> started = new CompletableFuture<>();
    // The kernel counts the end of the thread that started a program as the death of its parent.
    Thread.ofPlatform()
        .daemon()
        .name("keeper of " + command.getFirst())
        .start(() -> keep(builder, started));
    try {
      return new ChildProcess(started.join(), errors);
    } catch (CompletionException e) {
      throw new IllegalStateException(command.getFirst() + " does not start", e.getCause());
    }
  }

  /** Its standard output stream. */
  InputStream output() {
    return process.getInputStream();
  }

  /** Its standard input stream. */
  OutputStream input() {
    return process.getOutputStream();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; false when it still runs. */
  boolean ended(Duration timeout) {
    try {
      return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Its exit status, once it has ended. */
  int status() {
    return process.exitValue();
  }

  /** What it wrote to its standard error stream. */
  String complaints() {
    try {
      return Files.readString(errors).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill(process);
    forget(atExit);
  }

  /** Takes back a shutdown hook whose work is done. */
  static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook finds nothing left to do.
      return;
    }
  }

  private static void keep(ProcessBuilder builder, CompletableFuture<Process> started) {
    try {
      Process process = builder.start();
      started.complete(process);
      process.onExit().join();
    } catch (IOException e) {
      started.completeExceptionally(e);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    // Not the process's own method, which drops what it wrote last.
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }
}
