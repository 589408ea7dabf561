package mos.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Links one image: {@code jlink}, the native library of JNA, launchers, and nothing that is not
 * used.
 */
final class ImageLinker {

  /** Files of java.base that serve developers only. */
  private static final List<String> UNUSED =
      List.of("bin/keytool", "lib/classlist", "lib/jexec", "lib/jrt-fs.jar");

  private final Path modulePath;
  private final Path jna;

  /**
   * A linker.
   *
   * @param modulePath directory of the jars, each with a descriptor
   * @param jna the jar of JNA as published, with its native libraries
   */
  ImageLinker(Path modulePath, Path jna) {
    this.modulePath = modulePath;
    this.jna = jna;
  }

  /** Links the image into a directory, which is replaced when it exists. */
  void link(ImageDefinition image, Path directory) throws IOException, InterruptedException {
    delete(directory);
    jlink(image, directory);
    for (String file : UNUSED) {
      Files.deleteIfExists(directory.resolve(file));
    }
    copyNativeLibrary(directory.resolve("lib/libjnidispatch.so"));
    stripSymbols(directory.resolve("lib/server/libjvm.so"));
    removeComments(directory.resolve("conf/security/java.security"));
    if (image.plugins()) {
      Files.createFile(directory.resolve("lib/plugins.allowed"));
    }
    for (Map.Entry<String, String> command : image.commands().entrySet()) {
      Path launcher = directory.resolve("bin").resolve(command.getKey());
      Files.writeString(launcher, image.launcher().replace("@MAIN@", command.getValue()));
      Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /**
   * In a process of its own, where every object has the same identity hash: jlink orders its
   * plugins by a map of them, and so two runs could differ in whether generated classes are
   * stripped.
   */
  private void jlink(ImageDefinition image, Path directory)
      throws IOException, InterruptedException {
    Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    if (!Files.isExecutable(jlink)) {
      throw new IllegalStateException("this JDK has no jlink: install a complete JDK 25");
    }
    Process process =
        new ProcessBuilder(
                jlink.toString(),
                "-J-XX:+UnlockExperimentalVMOptions",
                "-J-XX:hashCode=2",
                "--module-path",
                modulePath.toString(),
                "--add-modules",
                String.join(",", image.modules()),
                "--output",
                directory.toString(),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--add-options=" + String.join(" ", image.options()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("jlink of image " + image.name() + " failed: " + output);
    }
  }

  private void copyNativeLibrary(Path target) throws IOException {
    String architecture =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> "x86-64";
          case String other -> other;
        };
    String name = "com/sun/jna/linux-" + architecture + "/libjnidispatch.so";
    try (JarFile file = new JarFile(jna.toFile())) {
      ZipEntry entry = file.getEntry(name);
      if (entry == null) {
        throw new IllegalStateException(jna + ": no " + name + " for this machine");
      }
      try (InputStream in = file.getInputStream(entry)) {
        Files.copy(in, target);
      }
    }
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * Removes what is not a property from a properties file: 70 KB of explanations in that of the
   * security providers, which every start would read one character after the other, 4 to 8 ms.
   */
  static void removeComments(Path properties) throws IOException {
    List<String> kept = new ArrayList<>();
    boolean continued = false;
    for (String line : Files.readAllLines(properties)) {
      String text = line.strip();
      if (continued || !(text.isEmpty() || text.startsWith("#") || text.startsWith("!"))) {
        kept.add(line);
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\\') {
          end--;
        }
        continued = (line.length() - end) % 2 == 1;
      }
    }
    Files.write(properties, kept);
  }

  /** Removes the symbol table, 6 MB, which jlink leaves; the dynamic symbols stay. */
  private static void stripSymbols(Path library) throws IOException, InterruptedException {
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process strip =
        new ProcessBuilder("strip", "--strip-unneeded", library.toString()).inheritIO().start();
    if (strip.waitFor() != 0) {
      throw new IllegalStateException("strip " + library + " failed");
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      List<Path> files;
      try (Stream<Path> walk = Files.walk(directory)) {
        files = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
