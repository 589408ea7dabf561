package mos.plugin.atomfs;

import java.util.Arrays;

/** The parsers of layers and tar files, for fuzzing. */
public final class AtomfsParsers {
  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_END = 156;

  private AtomfsParsers() {}

  /** Only one spelling is accepted. */
  public static void veritySuperblock(byte[] input) {
    VeritySuperblock superblock = VeritySuperblock.parse(input);
    same(superblock.toArray(), Arrays.copyOf(input, VeritySuperblock.SIZE));
  }

  /** The size that is used later is one that a device can have. */
  public static void filesystemSuperblock(byte[] input) {
    FilesystemSuperblock superblock = FilesystemSuperblock.parse(input);
    long blocks = superblock.dataBlocks();
    if (superblock.used() <= 0 || blocks < 1 || blocks > VerityTree.MAX_DATA_BLOCKS) {
      throw new AssertionError(superblock + " has " + blocks + " blocks");
    }
  }

  /** With the checksum put right, or no input would get behind it. */
  public static void tarHeader(byte[] input) {
    byte[] block = Arrays.copyOf(input, TarHeader.BLOCK);
    Arrays.fill(block, CHECKSUM_AT, CHECKSUM_END, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    byte[] digits = "%06o\0 ".formatted(sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, block, CHECKSUM_AT, digits.length);
    TarHeader.parse(block);
  }

  /** Extended headers. */
  public static void paxRecords(byte[] input) {
    PaxRecords.parse(input);
  }

  private static void same(byte[] one, byte[] other) {
    if (!Arrays.equals(one, other)) {
      throw new AssertionError("the superblock has a second spelling");
    }
  }
}
