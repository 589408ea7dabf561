package mos.distribution.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is below a directory, to the byte, to compare before and after. */
final class Tree {
  private Tree() {}

  /**
   * Every path below {@code root} except those whose first component is skipped, with type, mode
   * and content.
   */
  static SortedMap<String, String> of(Path root, String... skipped) throws IOException {
    Set<String> without = Set.of(skipped);
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = root.relativize(path).toString();
        if (!without.contains(name.split("/", 2)[0])) {
          tree.put(name, describe(path));
        }
      }
    }
    return tree;
  }

  private static String describe(Path path) throws IOException {
    String mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS).toString();
    if (Files.isSymbolicLink(path)) {
      return mode + " -> " + Files.readSymbolicLink(path);
    }
    return Files.isRegularFile(path) ? mode + " " + Sha256.of(Files.readAllBytes(path)) : mode;
  }
}
