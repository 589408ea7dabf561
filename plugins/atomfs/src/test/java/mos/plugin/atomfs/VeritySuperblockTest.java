package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VeritySuperblockTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  @Test
  void whatIsWrittenIsRead() {
    VeritySuperblock superblock =
        new VeritySuperblock(ID, 1234567, Bytes.copyOf(new byte[] {1, 2, (byte) 0xff}));
    byte[] bytes = superblock.toArray();
    assertEquals(512, bytes.length);
    assertEquals(superblock, VeritySuperblock.parse(bytes));
  }

  @Test
  void theLongestSaltIsRead() {
    byte[] salt = new byte[256];
    Arrays.fill(salt, (byte) 7);
    VeritySuperblock superblock = new VeritySuperblock(ID, 1, Bytes.copyOf(salt));
    assertEquals(superblock, VeritySuperblock.parse(superblock.toArray()));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x78, verity",
    "8, 2, verity.version",
    "12, 0, verity.hash_type",
    "37, 0x35, verity.algorithm",
    "39, 1, verity.algorithm",
    "65, 0x20, verity.data_block_size",
    "69, 0x02, verity.hash_block_size",
    "72, 0, verity.data_blocks",
    "78, 1, verity.data_blocks",
    "79, 0x80, verity.data_blocks",
    "81, 2, verity.salt_size",
  })
  void everyPinnedFieldIsRefusedByName(int offset, String value, String field) {
    byte[] bytes = new VeritySuperblock(ID, 1, VerityFixture.NO_SALT).toArray();
    bytes[offset] = Integer.decode(value).byteValue();
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> VeritySuperblock.parse(bytes));
    assertEquals(field, e.field());
    assertEquals(ErrorCode.INVALID, e.code());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 511})
  void aShortSuperblockIsRefused(int length) {
    byte[] bytes = new VeritySuperblock(ID, 1, VerityFixture.NO_SALT).toArray();
    assertThrows(
        InvalidFieldException.class, () -> VeritySuperblock.parse(Arrays.copyOf(bytes, length)));
  }
}
