package mos.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproducibleImageSystemTest {

  /** The cache holds addresses, and the commit is noted after linking. */
  private static final List<String> NOT_LINKED = List.of("lib/server/classes.jsa", "release");

  @TempDir Path directory;

  @Test
  void anImageLinkedAgainIsTheSameToTheByte() throws Exception {
    Path again = directory.resolve("initrd");
    new ImageLinker(
            Path.of(System.getProperty("mos.image.modules")),
            Path.of(System.getProperty("mos.jna")))
        .link(ImageDefinition.read(Path.of("images"), "initrd"), again);

    Path image = Path.of(System.getProperty("mos.images"), "initrd");
    assertEquals(files(image), files(again));
    List<String> differing = new ArrayList<>();
    for (String file : files(image)) {
      if (Files.mismatch(image.resolve(file), again.resolve(file)) != -1) {
        differing.add(file);
      }
    }
    assertEquals(List.of(), differing);
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .filter(file -> !NOT_LINKED.contains(file))
          .sorted()
          .toList();
    }
  }
}
