package mos.spi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  private static final String EMPTY_OBJECT =
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  @Test
  void nobodyCanChangeThem() {
    byte[] array = {1, 2};
    Bytes bytes = Bytes.copyOf(array);
    array[0] = 9;
    bytes.toArray()[1] = 9;
    assertArrayEquals(new byte[] {1, 2}, bytes.toArray());
  }

  @Test
  void theirTextFormDoesNotShowThem() {
    assertEquals("6 bytes", Bytes.utf8("secret").toString());
  }

  @Test
  void theyAreEqualByContent() {
    assertEquals(Bytes.utf8("a"), Bytes.copyOf(new byte[] {'a'}));
    assertNotEquals(Bytes.utf8("a"), Bytes.utf8("b"));
  }

  @Test
  void theirDigestIsSha256() {
    assertEquals("sha256:" + EMPTY_OBJECT, Bytes.utf8("{}").digest().toString());
  }

  @Test
  void aDigestIsReadAsItIsWritten() {
    Digest digest = Bytes.utf8("{}").digest();
    assertEquals(digest, Digest.parse(digest.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256:",
        EMPTY_OBJECT,
        "sha512:" + EMPTY_OBJECT,
        "SHA256:" + EMPTY_OBJECT,
        "sha256:" + EMPTY_OBJECT + "0",
        "sha256:" + EMPTY_OBJECT + "\n",
        "sha256:44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A",
        "sha256:../../../../../../../../../../../../../../../../../../etc/passwd"
      })
  void anythingElseIsNoDigest(String text) {
    assertThrows(InvalidFieldException.class, () -> Digest.parse(text));
  }
}
