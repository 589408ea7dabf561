package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilesystemSuperblockTest {
  @TempDir Path directory;

  private static byte[] head(Path image) throws IOException {
    return Arrays.copyOf(Files.readAllBytes(image), FilesystemSuperblock.HEAD_SIZE);
  }

  @Test
  void aSquashfsEndsWhereItsFileEndsButForPadding() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 300_000);
    FilesystemSuperblock superblock = FilesystemSuperblock.parse(head(image));
    assertEquals("squashfs", superblock.type());
    assertEquals(131072, assertInstanceOf(SquashfsSuperblock.class, superblock).blockSize());
    assertEquals(Files.size(image), superblock.dataBlocks() * 4096);
    assertTrue(superblock.used() > Files.size(image) - 4096);
  }

  @Test
  void anErofsEndsWhereItsFileEnds() throws IOException {
    Path image = VerityFixture.plainErofs(directory, 300_000);
    FilesystemSuperblock superblock = FilesystemSuperblock.parse(head(image));
    assertEquals("erofs", superblock.type());
    assertEquals(Files.size(image), superblock.used());
    assertEquals(Files.size(image), superblock.dataBlocks() * 4096);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, ''",
    "13, 0x40, squashfs.block_size",
    "20, 0, squashfs.compression",
    "20, 7, squashfs.compression",
    "22, 11, squashfs.block_log",
    "22, 21, squashfs.block_log",
    "28, 3, squashfs.version",
    "30, 1, squashfs.version",
    "47, 0x80, squashfs.bytes_used",
    "47, 0x10, squashfs.bytes_used",
    "51, 1, squashfs.id_table_start",
    "71, 0x80, squashfs.inode_table_start",
    "76, 1, squashfs.directory_table_start",
  })
  void aDamagedSquashfsSuperblockIsRefusedByField(int offset, String value, String field)
      throws IOException {
    byte[] head = head(VerityFixture.plainSquashfs(directory, 10_000));
    head[offset] = Integer.decode(value).byteValue();
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> FilesystemSuperblock.parse(head));
    assertEquals(field, e.field());
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 0, ''",
    "1028, 0x77, erofs.checksum",
    "1048, 0x77, erofs.checksum",
    "4095, 0x77, erofs.checksum",
    "1036, 8, erofs.blkszbits",
    "1036, 13, erofs.blkszbits",
    "1104, 0x08, erofs.extra_devices",
    "1110, 1, erofs.extra_devices",
    "1104, 0x80, erofs.feature_incompat",
  })
  void aDamagedErofsSuperblockIsRefusedByField(int offset, String value, String field)
      throws IOException {
    byte[] head = head(VerityFixture.plainErofs(directory, 10_000));
    head[offset] = Integer.decode(value).byteValue();
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> FilesystemSuperblock.parse(head));
    assertEquals(field, e.field());
  }

  @Test
  void anErofsWithoutChecksumIsReadAndItsSizeChecked() throws IOException {
    byte[] head = head(VerityFixture.plainErofs(directory, 10_000));
    head[1032] &= ~1;
    assertEquals("erofs", FilesystemSuperblock.parse(head).type());
    Arrays.fill(head, 1060, 1064, (byte) 0);
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> FilesystemSuperblock.parse(head));
    assertEquals("erofs.blocks", e.field());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 95})
  void aShortSquashfsHeadIsRefused(int length) throws IOException {
    byte[] head = head(VerityFixture.plainSquashfs(directory, 10_000));
    assertThrows(
        InvalidFieldException.class, () -> FilesystemSuperblock.parse(Arrays.copyOf(head, length)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 1027, 1028, 1151, 1152, 4095})
  void aShortErofsHeadIsRefused(int length) throws IOException {
    byte[] head = head(VerityFixture.plainErofs(directory, 10_000));
    assertThrows(
        InvalidFieldException.class, () -> FilesystemSuperblock.parse(Arrays.copyOf(head, length)));
  }

  @Test
  void anotherFileSystemIsRefused() {
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> FilesystemSuperblock.parse(new byte[4096]));
    assertTrue(e.getMessage().contains("neither a squashfs nor an erofs"), e.getMessage());
  }
}
