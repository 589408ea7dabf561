package mos.plugin.atomfs;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * A program of the system that helps to make layers. It sees nothing of the caller's environment
 * but what it is given, so that the same input gives the same bytes.
 *
 * @param program its name
 * @param debianPackage the Debian package that brings it
 */
record Tool(String program, String debianPackage) {
  static final Tool MKSQUASHFS = new Tool("mksquashfs", "squashfs-tools");
  static final Tool MKFS_EROFS = new Tool("mkfs.erofs", "erofs-utils");
  static final Tool TAR = new Tool("tar", "tar");
  static final Tool ZSTD = new Tool("zstd", "zstd");
  static final Tool XZ = new Tool("xz", "xz-utils");

  private static final String PLACES =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int OUTPUT_KEPT = 4096;
  private static final File NO_INPUT = new File("/dev/null");

  /**
   * Runs the program and waits for it.
   *
   * @param environment what it sees beside PATH and the locale
   * @param input the file it reads on standard input, or none
   * @param output the file that gets its standard output; without, that is kept for the error
   * @throws MosException MISSING when it is not installed; RESOURCE with its last line when it
   *     fails
   */
  void run(
      List<String> arguments,
      Map<String, String> environment,
      Optional<Path> input,
      Optional<Path> output) {
    List<String> command = new ArrayList<>(List.of(executable().toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", PLACES, "LC_ALL", "C.UTF-8", "TZ", "UTC"));
    builder.environment().putAll(environment);
    builder.redirectInput(input.map(Path::toFile).orElse(NO_INPUT));
    if (output.isPresent()) {
      builder.redirectOutput(output.get().toFile());
    } else {
      builder.redirectErrorStream(true);
    }
    try {
      waitFor(builder.start(), output.isPresent());
    } catch (IOException e) {
      throw MosException.io("cannot run " + program, e);
    }
  }

  private Path executable() {
    return Arrays.stream(PLACES.split(":"))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new MosException(
                    ErrorCode.MISSING,
                    "%s is not installed: install the Debian package %s"
                        .formatted(program, debianPackage)));
  }

  private void waitFor(Process process, boolean errorsOnly) throws IOException {
    try (InputStream output = errorsOnly ? process.getErrorStream() : process.getInputStream()) {
      String end = end(output);
      int status = process.waitFor();
      if (status != 0) {
        throw new MosException(
            ErrorCode.RESOURCE, "%s ended with status %d: %s".formatted(program, status, end));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, program + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The last line that says something, of output of any length. */
  private static String end(InputStream output) throws IOException {
    byte[] kept = new byte[0];
    byte[] buffer = new byte[OUTPUT_KEPT];
    for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
      byte[] all = Arrays.copyOf(kept, kept.length + count);
      System.arraycopy(buffer, 0, all, kept.length, count);
      kept = Arrays.copyOfRange(all, Math.max(0, all.length - OUTPUT_KEPT), all.length);
    }
    return new String(kept, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((first, last) -> last)
        .map(String::strip)
        .orElse("it says nothing");
  }
}
