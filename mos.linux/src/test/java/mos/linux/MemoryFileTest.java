package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MemoryFileTest {
  @Test
  void programThatWeStartReadsIt() throws IOException {
    Path seen;
    try (FileDescriptor file = MemoryFile.create("test")) {
      Files.writeString(file.path(), "content");
      seen = file.pathForOthers();
      assertEquals("content", Command.of("coreutils", "cat", seen).run());
    }
    assertFalse(Files.exists(seen));
  }
}
