package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Digest;

/**
 * What a layer file says about itself: its file system and the hash tree behind it. The tree is
 * where the file system ends, covers exactly its blocks, and nothing follows it. None of this is
 * authenticated until {@link VerityCheck} or the kernel has compared the blocks with a root hash.
 *
 * @param filesystem the file system's superblock
 * @param superblock the tree's superblock
 */
record LayerVerity(FilesystemSuperblock filesystem, VeritySuperblock superblock) {
  LayerVerity {
    if (superblock.dataBlocks() != filesystem.dataBlocks()) {
      throw new InvalidFieldException(
          "verity.data_blocks",
          "must be the "
              + filesystem.dataBlocks()
              + " blocks of the "
              + filesystem.type()
              + " file system, not "
              + superblock.dataBlocks());
    }
  }

  /** Where the parts of the tree are. */
  VerityTree tree() {
    return new VerityTree(superblock.dataBlocks());
  }

  /**
   * Reads both superblocks.
   *
   * @param layer its digest, for messages
   * @throws MosException REFUSED when the layer is no file system with a hash tree of the kind that
   *     mos accepts; RESOURCE when it cannot be read
   */
  static LayerVerity read(FileChannel channel, Digest layer) {
    try {
      return read(channel);
    } catch (InvalidFieldException e) {
      throw new MosException(ErrorCode.REFUSED, "layer " + layer + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw MosException.io("cannot read layer " + layer, e);
    }
  }

  private static LayerVerity read(FileChannel channel) throws IOException {
    long size = channel.size();
    byte[] head = new byte[(int) Math.min(size, FilesystemSuperblock.HEAD_SIZE)];
    Blocks.read(channel, 0, head, head.length);
    FilesystemSuperblock filesystem = FilesystemSuperblock.parse(head);
    VerityTree tree = new VerityTree(filesystem.dataBlocks());
    if (size < tree.superblockOffset()) {
      throw new InvalidFieldException(
          "",
          "it is cut short: its %s file system needs %d bytes, the file has %d"
              .formatted(filesystem.type(), tree.superblockOffset(), size));
    }
    if (size == tree.superblockOffset()) {
      throw new InvalidFieldException(
          "", "there is no hash tree behind its " + filesystem.type() + " file system");
    }
    if (size != tree.end()) {
      throw new InvalidFieldException(
          "",
          "its hash tree must end at byte %d, where the file must end too; the file has %d bytes"
              .formatted(tree.end(), size));
    }
    byte[] superblock = new byte[VerityTree.BLOCK];
    Blocks.read(channel, tree.superblockOffset(), superblock, superblock.length);
    for (int i = VeritySuperblock.SIZE; i < superblock.length; i++) {
      if (superblock[i] != 0) {
        throw new InvalidFieldException(
            "verity", "byte %d behind its superblock must be zero".formatted(i));
      }
    }
    return new LayerVerity(filesystem, VeritySuperblock.parse(superblock));
  }
}
