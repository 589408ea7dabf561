package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileContentTest {
  private static final int PIECE = FileContent.PIECE;

  @TempDir Path directory;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7})
  void everyByteCounts(int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Path one = file("one", content);
    assertTrue(FileContent.isSame(one, file("other", content)));
    for (int at : new int[] {0, size / 2, PIECE - 1, PIECE, size - 1}) {
      if (at >= 0 && at < size) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) 0x80;
        assertFalse(FileContent.isSame(one, file("other", changed)), "byte " + at);
      }
    }
    Path longer = file("other", Arrays.copyOf(content, size + 1));
    assertFalse(FileContent.isSame(one, longer));
    assertFalse(FileContent.isSame(longer, one));
  }

  @Test
  void whatIsNotThereOrNoFileIsNotTheSame() throws IOException {
    Path one = file("one", new byte[0]);
    Path none = directory.resolve("none");
    assertFalse(FileContent.isSame(one, none));
    assertFalse(FileContent.isSame(none, one));
    assertFalse(FileContent.isSame(none, none));
    assertFalse(FileContent.isSame(one, directory));
    assertFalse(FileContent.isSame(directory, directory));
  }
}
