package mos.plugin.luks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import mos.formats.LuksMetadata;
import mos.formats.LuksMetadataFormat;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;

/**
 * A binary LUKS2 header with its JSON area (LUKS2 On-Disk Format Specification 1.1.1, 2.1), of the
 * one form that we make. Its checksum protects from accidents only.
 *
 * @param uuid names the volume; nothing depends on it
 * @param metadata what its JSON area says
 */
record BinaryHeader(UUID uuid, LuksMetadata metadata) {
  /** Bytes of it, of which the second half and more is JSON. */
  static final int SIZE = LuksMetadataFormat.HEADER_SIZE;

  private static final int VERSION = 2;
  private static final int AT_VERSION = 6;
  private static final int AT_SIZE = 8;
  private static final int AT_SEQUENCE = 16;
  private static final int AT_ALGORITHM = 72;
  private static final int ALGORITHM_SIZE = 32;
  private static final int AT_UUID = 168;
  private static final int UUID_SIZE = 40;
  private static final int AT_OFFSET = 256;
  private static final int AT_CHECKSUM = 448;
  private static final int CHECKSUM_SIZE = 64;
  private static final int AT_JSON = 4096;
  private static final String ALGORITHM = "sha256";

  /** Which of the two that a volume has. */
  enum Place {
    /** At its beginning. */
    PRIMARY(0, "LUKS"),
    /** Behind the first. */
    SECONDARY(SIZE, "SKUL");

    private final int offset;
    private final String magic;

    Place(int offset, String letters) {
      this.offset = offset;
      this.magic = letters + "\u00ba\u00be";
    }

    /** Where it begins on the volume. */
    int offset() {
      return offset;
    }

    /** Whether a LUKS header, of whatever version, begins with these bytes. */
    boolean isMagic(byte[] head) {
      return head.length >= magic.length()
          && new String(head, 0, magic.length(), StandardCharsets.ISO_8859_1).equals(magic);
    }
  }

  /** Whether the bytes are as somebody wrote them who knew the format: checksum and version. */
  private static boolean isIntact(Place place, byte[] header) {
    ByteBuffer fields = ByteBuffer.wrap(header);
    return header.length == SIZE
        && place.isMagic(header)
        && fields.getShort(AT_VERSION) == VERSION
        && fields.getLong(AT_SIZE) == SIZE
        && text(header, AT_ALGORITHM, ALGORITHM_SIZE).equals(ALGORITHM)
        && Arrays.equals(
            Arrays.copyOfRange(header, AT_CHECKSUM, AT_CHECKSUM + CHECKSUM_SIZE), checksum(header));
  }

  /**
   * Reads one.
   *
   * @return empty when it is damaged, or none of this size and checksum
   * @throws InvalidFieldException naming the field that is not as we make it
   */
  static Optional<BinaryHeader> parse(Place place, byte[] header) {
    if (!isIntact(place, header)) {
      return Optional.empty();
    }
    if (ByteBuffer.wrap(header).getLong(AT_OFFSET) != place.offset()) {
      throw new InvalidFieldException("hdr_offset", "must be " + place.offset());
    }
    UUID uuid;
    String name = text(header, AT_UUID, UUID_SIZE);
    try {
      uuid = UUID.fromString(name);
    } catch (IllegalArgumentException e) {
      throw new InvalidFieldException("uuid", "is no UUID: '" + name + "'");
    }
    int end = AT_JSON;
    while (end < SIZE && header[end] != 0) {
      end++;
    }
    Bytes json = Bytes.copyOf(Arrays.copyOfRange(header, AT_JSON, end));
    return Optional.of(new BinaryHeader(uuid, LuksMetadataFormat.parse(json)));
  }

  /** The bytes of it: written anew, nothing is taken over but what this record holds. */
  byte[] toArray(Place place) {
    byte[] header = new byte[SIZE];
    ByteBuffer fields = ByteBuffer.wrap(header);
    fields.put(0, place.magic.getBytes(StandardCharsets.ISO_8859_1));
    fields.putShort(AT_VERSION, (short) VERSION);
    fields.putLong(AT_SIZE, SIZE);
    fields.putLong(AT_SEQUENCE, 1);
    fields.put(AT_ALGORITHM, ALGORITHM.getBytes(StandardCharsets.US_ASCII));
    fields.put(AT_UUID, uuid.toString().getBytes(StandardCharsets.US_ASCII));
    fields.putLong(AT_OFFSET, place.offset());
    fields.put(AT_JSON, LuksMetadataFormat.write(metadata).toArray());
    fields.put(AT_CHECKSUM, checksum(header));
    return header;
  }

  private static byte[] checksum(byte[] header) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(header, 0, AT_CHECKSUM);
    sha256.update(new byte[CHECKSUM_SIZE]);
    sha256.update(header, AT_CHECKSUM + CHECKSUM_SIZE, SIZE - AT_CHECKSUM - CHECKSUM_SIZE);
    return Arrays.copyOf(sha256.digest(), CHECKSUM_SIZE);
  }

  /** A C string in a field of fixed size. */
  private static String text(byte[] header, int at, int size) {
    String all = new String(header, at, size, StandardCharsets.ISO_8859_1);
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }
}
