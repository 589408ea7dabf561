package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;

class TarHeaderTest {
  private static final TarHeader HEADER = new TarHeader("a/b", 04755, 7, 8, 9, 10, '0');

  @Test
  void whatIsWrittenIsRead() {
    assertEquals(HEADER, TarHeader.parse(HEADER.toArray()));
  }

  @Test
  void thePrefixComesBeforeTheName() {
    byte[] block = HEADER.toArray();
    block[345] = 'p';
    assertEquals("p/a/b", TarHeader.parse(sealed(block)).name());
  }

  @Test
  void aNumberInBase256IsRead() {
    byte[] block = HEADER.toArray();
    Arrays.fill(block, 124, 136, (byte) 0);
    block[124] = (byte) 0x80;
    block[131] = 2;
    assertEquals(2L << 32, TarHeader.parse(sealed(block)).size());
  }

  @Test
  void aTimeBefore1970IsRead() {
    byte[] block = HEADER.toArray();
    Arrays.fill(block, 136, 148, (byte) 0xff);
    assertEquals(-1, TarHeader.parse(sealed(block)).mtime());
  }

  @Test
  void aNumberThatOverflowsIsRefused() {
    byte[] block = HEADER.toArray();
    block[124] = (byte) 0x80;
    block[125] = 1;
    assertThrows(InvalidFieldException.class, () -> TarHeader.parse(sealed(block)));
  }

  @Test
  void aWrongDigitIsRefused() {
    byte[] block = HEADER.toArray();
    block[130] = '8';
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> TarHeader.parse(sealed(block)));
    assertEquals("size", e.field());
  }

  @Test
  void everyChangedByteButOfTheChecksumItselfIsRefused() {
    for (int i = 0; i < 512; i++) {
      byte[] block = HEADER.toArray();
      block[i] ^= 1;
      if (i == 154 || i == 155) {
        continue;
      }
      assertThrows(InvalidFieldException.class, () -> TarHeader.parse(block), "byte " + i);
    }
  }

  /** Corrects the checksum. */
  private static byte[] sealed(byte[] block) {
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    byte[] digits = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, block, 148, 8);
    return block;
  }
}
