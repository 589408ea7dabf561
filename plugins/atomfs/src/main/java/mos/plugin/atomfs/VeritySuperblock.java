package mos.plugin.atomfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;

/**
 * The dm-verity superblock: 512 bytes, little-endian (cryptsetup, {@code lib/verity/verity.c}).
 * Nothing in it is authenticated. The parameters are therefore pinned to SHA-256, hash type 1 and
 * blocks of 4096 bytes; a wrong salt or number of blocks gives another root hash.
 *
 * @param uuid an identifier without meaning
 * @param dataBlocks how many blocks of data the tree covers
 * @param salt what precedes every block when it is hashed, 0 to {@value #MAX_SALT} bytes
 */
record VeritySuperblock(UUID uuid, long dataBlocks, Bytes salt) {
  /** Bytes of a superblock. */
  static final int SIZE = 512;

  /** The longest salt, in bytes. */
  static final int MAX_SALT = 256;

  private static final byte[] MAGIC = "verity\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final String ALGORITHM = "sha256";
  private static final int ALGORITHM_SIZE = 32;
  private static final int VERSION = 1;
  private static final int HASH_TYPE = 1;

  private static final int VERSION_AT = 8;
  private static final int HASH_TYPE_AT = 12;
  private static final int UUID_AT = 16;
  private static final int ALGORITHM_AT = 32;
  private static final int DATA_BLOCK_SIZE_AT = 64;
  private static final int HASH_BLOCK_SIZE_AT = 68;
  private static final int DATA_BLOCKS_AT = 72;
  private static final int SALT_SIZE_AT = 80;
  private static final int SALT_AT = 88;

  /** Checks the bounds of the salt and of the number of blocks. */
  VeritySuperblock {
    if (salt.size() > MAX_SALT) {
      throw new InvalidFieldException(
          "verity.salt_size", "must be at most " + MAX_SALT + ", not " + salt.size());
    }
    if (dataBlocks < 1 || dataBlocks > VerityTree.MAX_DATA_BLOCKS) {
      throw new InvalidFieldException(
          "verity.data_blocks", "cannot be " + Long.toUnsignedString(dataBlocks));
    }
  }

  /**
   * Reads a superblock.
   *
   * @param bytes {@value #SIZE} bytes or more; those behind are ignored
   * @throws InvalidFieldException naming the field that is not what mos pins
   */
  static VeritySuperblock parse(byte[] bytes) {
    if (bytes.length < SIZE || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new InvalidFieldException("verity", "not a dm-verity superblock");
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    pinned(fields, VERSION_AT, "verity.version", VERSION);
    pinned(fields, HASH_TYPE_AT, "verity.hash_type", HASH_TYPE);
    pinned(fields, DATA_BLOCK_SIZE_AT, "verity.data_block_size", VerityTree.BLOCK);
    pinned(fields, HASH_BLOCK_SIZE_AT, "verity.hash_block_size", VerityTree.BLOCK);
    if (!Arrays.equals(
        algorithm(), Arrays.copyOfRange(bytes, ALGORITHM_AT, ALGORITHM_AT + ALGORITHM_SIZE))) {
      throw new InvalidFieldException("verity.algorithm", "must be " + ALGORITHM);
    }
    int saltSize = Short.toUnsignedInt(fields.getShort(SALT_SIZE_AT));
    if (saltSize > MAX_SALT) {
      throw new InvalidFieldException(
          "verity.salt_size", "must be at most " + MAX_SALT + ", not " + saltSize);
    }
    VeritySuperblock superblock =
        new VeritySuperblock(
            uuid(fields),
            fields.getLong(DATA_BLOCKS_AT),
            Bytes.copyOf(Arrays.copyOfRange(bytes, SALT_AT, SALT_AT + saltSize)));
    if (!Arrays.equals(superblock.toArray(), Arrays.copyOf(bytes, SIZE))) {
      throw new InvalidFieldException("verity", "its unused bytes must be zero");
    }
    return superblock;
  }

  /** The superblock as it stands on disk, {@value #SIZE} bytes. */
  byte[] toArray() {
    byte[] bytes = new byte[SIZE];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.put(0, MAGIC);
    fields.putInt(VERSION_AT, VERSION);
    fields.putInt(HASH_TYPE_AT, HASH_TYPE);
    fields.put(UUID_AT, uuidBytes());
    fields.put(ALGORITHM_AT, algorithm());
    fields.putInt(DATA_BLOCK_SIZE_AT, VerityTree.BLOCK);
    fields.putInt(HASH_BLOCK_SIZE_AT, VerityTree.BLOCK);
    fields.putLong(DATA_BLOCKS_AT, dataBlocks);
    fields.putShort(SALT_SIZE_AT, (short) salt.size());
    fields.put(SALT_AT, salt.toArray());
    return bytes;
  }

  private static void pinned(ByteBuffer fields, int offset, String field, int value) {
    int found = fields.getInt(offset);
    if (found != value) {
      throw new InvalidFieldException(
          field, "must be " + value + ", not " + Integer.toUnsignedString(found));
    }
  }

  private static byte[] algorithm() {
    return Arrays.copyOf(ALGORITHM.getBytes(StandardCharsets.US_ASCII), ALGORITHM_SIZE);
  }

  private static UUID uuid(ByteBuffer fields) {
    ByteBuffer bigEndian = fields.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new UUID(bigEndian.getLong(UUID_AT), bigEndian.getLong(UUID_AT + Long.BYTES));
  }

  private byte[] uuidBytes() {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}
