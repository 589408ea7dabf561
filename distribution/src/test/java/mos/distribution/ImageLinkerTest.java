package mos.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLinkerTest {
  @Test
  void propertiesWithoutTheirCommentsAreTheSame(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("some.properties");
    Files.writeString(
        file,
        """
        # a comment \\
        one=1
          ! another

        two=first, \\
        # no comment, \\

        three=a\\\\
        # a comment
        four=4
        """);
    Properties before = read(file);
    assertEquals("first, # no comment, ", before.getProperty("two"));

    ImageLinker.removeComments(file);

    assertEquals(before, read(file));
    assertEquals(0, Files.readAllLines(file).stream().filter(l -> l.startsWith("# a")).count());
  }

  private static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }
}
