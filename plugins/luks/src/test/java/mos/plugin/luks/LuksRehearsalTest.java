package mos.plugin.luks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuksRehearsalTest {
  @TempDir Path directory;

  /** Where it could not go on, it would throw. */
  @Test
  void itGoesAsFarAsItSays() throws Exception {
    new LuksRehearsal().rehearse(directory);
    assertTrue(Files.exists(directory.resolve("volume")));
  }
}
