package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import mos.spi.MosException;
import mos.spi.image.RootHash;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;

/**
 * Compares every block of a layer with its root hash, in user space: what dm-verity does block by
 * block as they are read. From the root down, so that a hash block is trusted before what it speaks
 * for is compared with it. Its verdict is about the bytes at the time of the check.
 */
final class VerityCheck {
  private final FileChannel channel;
  private final VerityTree tree;
  private final BlockHasher hasher;
  private final String name;

  private VerityCheck(FileChannel channel, VerityTree tree, Bytes salt, String name) {
    this.channel = channel;
    this.tree = tree;
    this.hasher = new BlockHasher(channel, salt);
    this.name = name;
  }

  /**
   * Checks a whole layer: its form ({@link LayerVerity}), every hash block and every data block.
   *
   * @param expected the root hash, from a manifest that was verified
   * @param layer its digest, for messages
   * @return what was checked; a mount must not reach beyond {@link VerityTree#superblockOffset}
   * @throws MosException REFUSED naming the layer and the first block that is wrong; RESOURCE when
   *     it cannot be read
   */
  static LayerVerity verify(FileChannel channel, RootHash expected, Digest layer) {
    LayerVerity verity = LayerVerity.read(channel, layer);
    verify(channel, verity.tree(), verity.superblock().salt(), expected, "layer " + layer);
    return verity;
  }

  /** Checks the blocks of a file that has its tree where {@code tree} says. */
  static void verify(
      FileChannel channel, VerityTree tree, Bytes salt, RootHash expected, String name) {
    try {
      VerityCheck check = new VerityCheck(channel, tree, salt, name);
      check.compareRoot(expected);
      for (int level = tree.levels() - 1; level >= 0; level--) {
        check.compareLevel(level);
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + name, e);
    }
  }

  private void compareRoot(RootHash expected) throws IOException {
    int top = tree.levels() - 1;
    long position = top < 0 ? 0 : tree.levelOffset(top);
    if (!Arrays.equals(hasher.digest(position), expected.toArray())) {
      throw MosException.refused(
          "%s: %s does not have the root hash %s".formatted(name, block(top, 0), expected));
    }
  }

  /** Compares a level with the blocks below it, which are data or the next level. */
  private void compareLevel(int level) throws IOException {
    long below = level == 0 ? 0 : tree.levelOffset(level - 1);
    long blocks = level == 0 ? tree.dataBlocks() : tree.levelBlocks(level - 1);
    long offset = tree.levelOffset(level);
    hasher.pass(
        below,
        blocks,
        () -> {
          byte[] stored = new byte[VerityTree.BLOCK];
          return (index, computed) -> {
            Blocks.read(channel, offset + index * VerityTree.BLOCK, stored, stored.length);
            int difference = Arrays.mismatch(stored, computed);
            if (difference >= 0) {
              throw refusal(level, index, difference / VerityTree.DIGEST, blocks);
            }
          };
        });
  }

  private MosException refusal(int level, long hashBlock, int digest, long blocks) {
    long below = hashBlock * VerityTree.FANOUT + digest;
    if (below >= blocks) {
      return MosException.refused(
          "%s: %s does not end with zeros".formatted(name, block(level, hashBlock)));
    }
    return MosException.refused(
        "%s: %s is not what the root hash says".formatted(name, block(level - 1, below)));
  }

  /** Names a block of a level; level -1 is the data. */
  private String block(int level, long index) {
    if (level < 0) {
      return "data block %d (at byte %d)".formatted(index, index * VerityTree.BLOCK);
    }
    return "hash tree level %d block %d (at byte %d)"
        .formatted(level, index, tree.levelOffset(level) + index * VerityTree.BLOCK);
  }
}
