package mos.plugin.luks;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import mos.formats.LuksMetadata;
import mos.formats.LuksMetadataFormat;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;

/** The parsers of LUKS headers, for fuzzing. */
public final class LuksParsers {
  private static final int AT_CHECKSUM = 448;
  private static final int CHECKSUM_SIZE = 64;

  private LuksParsers() {}

  /** With the checksum put right. What cryptsetup gets to see says the same. */
  public static void header(byte[] input) {
    byte[] bytes = Arrays.copyOf(input, BinaryHeader.SIZE);
    Arrays.fill(bytes, AT_CHECKSUM, AT_CHECKSUM + CHECKSUM_SIZE, (byte) 0);
    MessageDigest sha256 = Digest.sha256();
    byte[] digest = sha256.digest(bytes);
    System.arraycopy(digest, 0, bytes, AT_CHECKSUM, digest.length);
    Optional<BinaryHeader> header = BinaryHeader.parse(BinaryHeader.Place.PRIMARY, bytes);
    if (header.isEmpty()) {
      return;
    }
    for (BinaryHeader.Place place : BinaryHeader.Place.values()) {
      Optional<BinaryHeader> again = BinaryHeader.parse(place, header.get().toArray(place));
      if (!again.equals(header)) {
        throw new AssertionError(header + " became " + again);
      }
    }
  }

  /** The JSON area. */
  public static void metadata(byte[] input) {
    LuksMetadata metadata = LuksMetadataFormat.parse(Bytes.copyOf(input));
    LuksMetadata again = LuksMetadataFormat.parse(LuksMetadataFormat.write(metadata));
    if (!again.equals(metadata)) {
      throw new AssertionError(metadata + " became " + again);
    }
  }
}
