package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.linux.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsoVolumeTest {
  @TempDir Path directory;

  @Test
  void nameOfAVolumeThatXorrisoMade() throws IOException {
    Path content = Files.createDirectory(directory.resolve("content"));
    Files.writeString(content.resolve("file"), "content");
    Path disc = directory.resolve("disc.iso");
    Command.of(
            "xorriso",
            "xorriso",
            "-as",
            "mkisofs",
            "-quiet",
            "-V",
            "mos-medium",
            "-o",
            disc,
            content)
        .run();
    assertEquals(Optional.of("mos-medium"), IsoVolume.name(disc));
  }

  @Test
  void somethingElseHasNone() throws IOException {
    assertEquals(
        Optional.empty(), IsoVolume.name(Files.write(directory.resolve("zeros"), new byte[40000])));
    assertEquals(
        Optional.empty(), IsoVolume.name(Files.writeString(directory.resolve("short"), "x")));
    assertEquals(Optional.empty(), IsoVolume.name(directory.resolve("missing")));
  }
}
