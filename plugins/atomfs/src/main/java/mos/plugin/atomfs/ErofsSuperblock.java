package mos.plugin.atomfs;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import mos.spi.InvalidFieldException;

/**
 * The superblock of erofs: the 128 bytes at offset 1024, little-endian (Linux {@code
 * fs/erofs/erofs_fs.h}).
 *
 * @param blockBits logarithm of the block size, 9 to 12
 * @param blocks how many blocks the file system has
 */
record ErofsSuperblock(int blockBits, long blocks) implements FilesystemSuperblock {
  private static final int OFFSET = 1024;
  private static final int SIZE = 128;
  private static final int MAGIC = 0xE0F5E1E2;
  private static final int MIN_BLOCK_BITS = 9;
  private static final int MAX_BLOCK_BITS = 12;
  private static final int FEATURE_CHECKSUM = 0x1;
  private static final int FEATURE_DEVICE_TABLE = 0x8;
  private static final int FEATURE_48_BIT = 0x80;

  private static final int CHECKSUM_AT = OFFSET + 4;
  private static final int FEATURE_COMPAT_AT = OFFSET + 8;
  private static final int BLOCK_BITS_AT = OFFSET + 12;
  private static final int BLOCKS_AT = OFFSET + 36;
  private static final int FEATURE_INCOMPAT_AT = OFFSET + 80;
  private static final int EXTRA_DEVICES_AT = OFFSET + 86;

  @Override
  public String type() {
    return "erofs";
  }

  @Override
  public long used() {
    return blocks << blockBits;
  }

  /** Whether the magic number is at its place. */
  static boolean recognises(ByteBuffer head) {
    return head.limit() >= OFFSET + Integer.BYTES && head.getInt(OFFSET) == MAGIC;
  }

  /**
   * Reads a superblock and compares its checksum where it has one.
   *
   * @param head little-endian, the first bytes of the layer, at least one block of the file system
   * @throws InvalidFieldException naming the field
   */
  static ErofsSuperblock parse(ByteBuffer head) {
    if (head.limit() < OFFSET + SIZE || !recognises(head)) {
      throw new InvalidFieldException("erofs", "not a superblock of erofs");
    }
    int blockBits = Byte.toUnsignedInt(head.get(BLOCK_BITS_AT));
    if (blockBits < MIN_BLOCK_BITS || blockBits > MAX_BLOCK_BITS) {
      throw new InvalidFieldException(
          "erofs.blkszbits",
          "must be " + MIN_BLOCK_BITS + " to " + MAX_BLOCK_BITS + ", not " + blockBits);
    }
    checkFeatures(head);
    if ((head.getInt(FEATURE_COMPAT_AT) & FEATURE_CHECKSUM) != 0) {
      checkChecksum(head, blockBits);
    }
    long blocks = Integer.toUnsignedLong(head.getInt(BLOCKS_AT));
    if (blocks << blockBits < OFFSET + SIZE) {
      throw new InvalidFieldException("erofs.blocks", "cannot be " + blocks);
    }
    return new ErofsSuperblock(blockBits, blocks);
  }

  private static void checkFeatures(ByteBuffer head) {
    int incompatible = head.getInt(FEATURE_INCOMPAT_AT);
    // Blocks on another device would not be under this layer's hash tree.
    if ((incompatible & FEATURE_DEVICE_TABLE) != 0 || head.getShort(EXTRA_DEVICES_AT) != 0) {
      throw new InvalidFieldException(
          "erofs.extra_devices", "a layer cannot keep data on other devices");
    }
    if ((incompatible & FEATURE_48_BIT) != 0) {
      throw new InvalidFieldException("erofs.feature_incompat", "48-bit layouts are not supported");
    }
  }

  private static void checkChecksum(ByteBuffer head, int blockBits) {
    int blockSize = 1 << blockBits;
    int length = blockSize > OFFSET ? blockSize - OFFSET : blockSize;
    if (head.limit() < OFFSET + length) {
      throw new InvalidFieldException("erofs.checksum", "the block it covers is cut short");
    }
    byte[] covered = new byte[length];
    head.get(OFFSET, covered);
    for (int i = CHECKSUM_AT; i < CHECKSUM_AT + Integer.BYTES; i++) {
      covered[i - OFFSET] = 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(covered);
    // erofs stores the remainder itself, without the final inversion that CRC-32C defines.
    int expected = ~(int) crc.getValue();
    int stored = head.getInt(CHECKSUM_AT);
    if (stored != expected) {
      throw new InvalidFieldException(
          "erofs.checksum",
          String.format("is %08x, but the superblock's content gives %08x", stored, expected));
    }
  }
}
