package mos.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an image consists of, read from {@code images/<name>.*}; in every file a {@code #} starts a
 * comment.
 *
 * @param name the image's directory
 * @param modules all modules, dependencies included ({@code <name>.modules})
 * @param options options of the virtual machine ({@code <name>.options})
 * @param commands main class of each command ({@code <name>.commands}: {@code mosctl module/class})
 * @param plugins whether it loads plugins that others put beside it ({@code <name>.plugins})
 * @param launcher the text of a launcher, with {@code @MAIN@} for module and class
 */
record ImageDefinition(
    String name,
    List<String> modules,
    List<String> options,
    Map<String, String> commands,
    boolean plugins,
    String launcher) {

  /**
   * Reads the definition of one image.
   *
   * @param directory the directory {@code images}
   */
  static ImageDefinition read(Path directory, String name) throws IOException {
    Map<String, String> commands =
        lines(directory.resolve(name + ".commands")).stream()
            .map(line -> line.split("\\s+", 2))
            .collect(
                Collectors.toMap(
                    words -> words[0], words -> words[1], (first, second) -> second, TreeMap::new));
    return new ImageDefinition(
        name,
        lines(directory.resolve(name + ".modules")),
        lines(directory.resolve(name + ".options")),
        commands,
        Files.exists(directory.resolve(name + ".plugins")),
        Files.readString(directory.resolve("launcher")));
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
