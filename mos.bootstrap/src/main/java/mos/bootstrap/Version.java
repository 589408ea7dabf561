package mos.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a program is made of. */
final class Version {
  private Version() {}

  /** Version, commit and the modules of this image, a line each. */
  static String text(String program) {
    StringBuilder text = new StringBuilder(program).append(' ').append(release("MOS_VERSION"));
    text.append(" (commit ")
        .append(release("MOS_COMMIT"))
        .append(", Java ")
        .append(Runtime.version())
        .append(")\n");
    List<String> modules =
        ModuleLayer.boot().modules().stream()
            .map(Module::getDescriptor)
            .map(d -> d.toNameAndVersion())
            .sorted()
            .toList();
    modules.forEach(module -> text.append("  ").append(module).append('\n'));
    return text.toString();
  }

  /** The image's {@code release} file: {@code KEY="value"} lines. */
  private static String release(String key) {
    try {
      for (String line : Files.readAllLines(Path.of(System.getProperty("java.home"), "release"))) {
        if (line.startsWith(key + "=")) {
          return line.substring(key.length() + 1).replace("\"", "");
        }
      }
    } catch (IOException e) {
      return "unknown";
    }
    return "unknown";
  }
}
