package mos.plugin.atomfs;

/**
 * Where the parts of a dm-verity hash tree are in a layer file. The tree follows the data: a block
 * with the superblock, then the levels of hash blocks, the top level first (Linux {@code
 * Documentation/admin-guide/device-mapper/verity.rst}, hash type 1). A hash block holds {@value
 * #FANOUT} digests of 32 bytes; the last one of a level is filled up with zeros. Level 0 holds the
 * digests of the data blocks. A single data block has no level: its digest is the root hash.
 *
 * @param dataBlocks how many blocks of data, 1 to {@link #MAX_DATA_BLOCKS}
 */
record VerityTree(long dataBlocks) {
  /** Bytes of a data block and of a hash block. */
  static final int BLOCK = 4096;

  /** Bytes of a SHA-256 digest. */
  static final int DIGEST = 32;

  /** Digests in a hash block. */
  static final int FANOUT = BLOCK / DIGEST;

  /** More than any file can hold, and small enough that no offset overflows. */
  static final long MAX_DATA_BLOCKS = 1L << 48;

  VerityTree {
    if (dataBlocks < 1 || dataBlocks > MAX_DATA_BLOCKS) {
      throw new IllegalArgumentException("a hash tree over " + dataBlocks + " blocks");
    }
  }

  /** Where the verity superblock is: behind the data, in bytes. */
  long superblockOffset() {
    return dataBlocks * BLOCK;
  }

  /** How many levels of hash blocks there are, 0 to 7. */
  int levels() {
    int levels = 0;
    for (long blocks = dataBlocks; blocks > 1; blocks = Math.ceilDiv(blocks, FANOUT)) {
      levels++;
    }
    return levels;
  }

  /** How many hash blocks a level has; level 0 is next to the data. */
  long levelBlocks(int level) {
    long blocks = dataBlocks;
    for (int i = 0; i <= level; i++) {
      blocks = Math.ceilDiv(blocks, FANOUT);
    }
    return blocks;
  }

  /** Where a level begins, in bytes. */
  long levelOffset(int level) {
    long above = 0;
    for (int i = levels() - 1; i > level; i--) {
      above += levelBlocks(i);
    }
    return superblockOffset() + BLOCK + above * BLOCK;
  }

  /** Where the tree, and with it the layer, ends, in bytes. */
  long end() {
    long hashBlocks = 0;
    for (int i = 0; i < levels(); i++) {
      hashBlocks += levelBlocks(i);
    }
    return superblockOffset() + BLOCK + hashBlocks * BLOCK;
  }
}
