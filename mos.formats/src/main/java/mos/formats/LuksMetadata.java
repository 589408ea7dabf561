package mos.formats;

import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;

/**
 * What differs from one of our LUKS2 volumes to the next; everything else in their metadata is the
 * same in all of them.
 *
 * @param sectorSize of the encryption, 512 or 4096
 * @param keySalt 32 bytes, for PBKDF2 over the volume's passphrase
 * @param digestSalt 32 bytes, for PBKDF2 over the volume's own key
 * @param digest 32 bytes, what that gives
 */
public record LuksMetadata(int sectorSize, Bytes keySalt, Bytes digestSalt, Bytes digest) {
  private static final int SIZE = 32;

  /** Checks sizes. */
  public LuksMetadata {
    if (sectorSize != 512 && sectorSize != 4096) {
      throw new InvalidFieldException(
          "segments.0.sector_size", "must be 512 or 4096, not " + sectorSize);
    }
    check("keyslots.0.kdf.salt", keySalt);
    check("digests.0.salt", digestSalt);
    check("digests.0.digest", digest);
  }

  private static void check(String field, Bytes bytes) {
    if (bytes.size() != SIZE) {
      throw new InvalidFieldException(field, "must be " + SIZE + " bytes, not " + bytes.size());
    }
  }
}
