package mos.spi.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;

class DescriptorTest {
  private static final Digest DIGEST = Bytes.utf8("content").digest();

  @Test
  void whatIsLargerThanAcceptedIsInvalidAndNamed() {
    Descriptor blob = Descriptor.of(MediaTypes.TAR, DIGEST, 11);

    blob.requireAtMost(11, "oci:store");
    MosException e = assertThrows(MosException.class, () -> blob.requireAtMost(10, "oci:store"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals("oci:store: " + DIGEST + " has 11 bytes, at most 10 are accepted", e.getMessage());
  }
}
