package mos.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StorageTest {
  @TempDir Path directory;

  @Test
  void filesDirectoriesAndFileSystemsCanBeFlushed() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "x");
    Storage.startWriting(file, 0, 1);
    Storage.flush(file);
    Storage.flush(directory);
    Storage.flushFileSystem(directory);
    assertEquals("x", Files.readString(file));
  }

  @Test
  void missingFileCannotBeFlushedAndIsNamed() {
    Path file = directory.resolve("none");
    MosException e = assertThrows(MosException.class, () -> Storage.flush(file));
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void reflinkGivesTheSameContentOrSaysThatItCannot() throws IOException {
    Path source = Files.write(directory.resolve("a"), new byte[] {1, 2, 3});
    Path target = Files.createFile(directory.resolve("b"));
    byte[] expected = Storage.reflink(source, target) ? new byte[] {1, 2, 3} : new byte[0];
    assertArrayEquals(expected, Files.readAllBytes(target));
  }

  @Test
  void reflinkOverTwoFileSystemsSaysThatItCannot() throws IOException {
    Path target = Files.createFile(directory.resolve("b"));
    assertFalse(Storage.reflink(Path.of("/proc/self/status"), target));
  }
}
