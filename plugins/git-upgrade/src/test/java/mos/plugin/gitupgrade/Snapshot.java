package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.spi.model.Digest;

/** What is below a directory, to the byte. */
final class Snapshot {
  private Snapshot() {}

  static Map<String, String> of(Path directory) throws IOException {
    Map<String, String> content = new TreeMap<>();
    if (!Files.exists(directory)) {
      return content;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        String name = directory.relativize(path).toString();
        content.put(
            name,
            Files.isDirectory(path) ? "directory" : Digest.of(Files.readAllBytes(path)).hex());
      }
    }
    return content;
  }
}
