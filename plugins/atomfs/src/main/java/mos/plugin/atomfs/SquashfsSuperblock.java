package mos.plugin.atomfs;

import java.nio.ByteBuffer;
import mos.spi.InvalidFieldException;

/**
 * The superblock of squashfs 4.0: the 96 bytes at offset 0, little-endian (Linux {@code
 * fs/squashfs/squashfs_fs.h}).
 *
 * @param blockSize bytes of a data block: a power of two, 4 KiB to 1 MiB
 * @param used bytes that the file system uses, superblock included
 */
record SquashfsSuperblock(int blockSize, long used) implements FilesystemSuperblock {
  private static final int SIZE = 96;
  private static final int MAGIC = 0x73717368;
  private static final int MIN_BLOCK_LOG = 12;
  private static final int MAX_BLOCK_LOG = 20;
  private static final int MAX_COMPRESSION = 6;

  private static final int BLOCK_SIZE_AT = 12;
  private static final int COMPRESSION_AT = 20;
  private static final int BLOCK_LOG_AT = 22;
  private static final int MAJOR_AT = 28;
  private static final int MINOR_AT = 30;
  private static final int BYTES_USED_AT = 40;
  private static final int ID_TABLE_AT = 48;
  private static final int INODE_TABLE_AT = 64;
  private static final int DIRECTORY_TABLE_AT = 72;

  @Override
  public String type() {
    return "squashfs";
  }

  /** Whether the bytes begin with the magic number. */
  static boolean recognises(ByteBuffer head) {
    return head.limit() >= Integer.BYTES && head.getInt(0) == MAGIC;
  }

  /**
   * Reads a superblock; what decides where the file system ends is checked, the rest is the
   * kernel's.
   *
   * @param head little-endian, the first bytes of the layer
   * @throws InvalidFieldException naming the field
   */
  static SquashfsSuperblock parse(ByteBuffer head) {
    if (head.limit() < SIZE || !recognises(head)) {
      throw new InvalidFieldException("squashfs", "not a superblock of squashfs");
    }
    int major = Short.toUnsignedInt(head.getShort(MAJOR_AT));
    int minor = Short.toUnsignedInt(head.getShort(MINOR_AT));
    if (major != 4 || minor != 0) {
      throw new InvalidFieldException(
          "squashfs.version", "must be 4.0, not " + major + "." + minor);
    }
    int compression = Short.toUnsignedInt(head.getShort(COMPRESSION_AT));
    if (compression < 1 || compression > MAX_COMPRESSION) {
      throw new InvalidFieldException(
          "squashfs.compression", "must be 1 to " + MAX_COMPRESSION + ", not " + compression);
    }
    return new SquashfsSuperblock(blockSize(head), bytesUsed(head));
  }

  private static int blockSize(ByteBuffer head) {
    int log = Short.toUnsignedInt(head.getShort(BLOCK_LOG_AT));
    if (log < MIN_BLOCK_LOG || log > MAX_BLOCK_LOG) {
      throw new InvalidFieldException(
          "squashfs.block_log",
          "must be " + MIN_BLOCK_LOG + " to " + MAX_BLOCK_LOG + ", not " + log);
    }
    int size = head.getInt(BLOCK_SIZE_AT);
    if (size != 1 << log) {
      throw new InvalidFieldException(
          "squashfs.block_size",
          "must be " + (1 << log) + " as block_log says, not " + Integer.toUnsignedString(size));
    }
    return size;
  }

  private static long bytesUsed(ByteBuffer head) {
    long used = head.getLong(BYTES_USED_AT);
    if (used < SIZE || used > VerityTree.MAX_DATA_BLOCKS * VerityTree.BLOCK) {
      throw new InvalidFieldException(
          "squashfs.bytes_used", "cannot be " + Long.toUnsignedString(used));
    }
    requireInside("squashfs.id_table_start", head.getLong(ID_TABLE_AT), used);
    requireInside("squashfs.inode_table_start", head.getLong(INODE_TABLE_AT), used);
    requireInside("squashfs.directory_table_start", head.getLong(DIRECTORY_TABLE_AT), used);
    return used;
  }

  private static void requireInside(String field, long offset, long used) {
    if (offset < SIZE || offset >= used) {
      throw new InvalidFieldException(
          field,
          Long.toUnsignedString(offset) + " is outside of the " + used + " bytes that are used");
    }
  }
}
