package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.RootHash;
import mos.spi.model.Bytes;

/**
 * Appends a dm-verity hash tree to a file. The same content gives the same bytes: there is no salt,
 * and the UUID is the first 128 bits of the root hash (ADR 0015). The superblock is written last.
 */
final class VerityFormat {
  private static final Bytes NO_SALT = Bytes.copyOf(new byte[0]);

  private VerityFormat() {}

  /**
   * Appends the tree to a layer file that holds a file system and nothing else; pads the file
   * system to a whole block first.
   *
   * @param channel open for reading and writing
   * @param name what the file is, for messages
   * @return the root hash
   * @throws MosException INVALID when it is no squashfs or erofs, is cut short, or has something
   *     behind the file system already; RESOURCE when it cannot be read or written
   */
  static RootHash append(FileChannel channel, String name) {
    try {
      long size = channel.size();
      byte[] head = new byte[(int) Math.min(size, FilesystemSuperblock.HEAD_SIZE)];
      Blocks.read(channel, 0, head, head.length);
      FilesystemSuperblock filesystem = FilesystemSuperblock.parse(head);
      long end = filesystem.dataBlocks() * VerityTree.BLOCK;
      if (size < filesystem.used() || size > end) {
        throw MosException.invalid(
            "%s: its %s file system ends at byte %d, the file has %d bytes"
                .formatted(name, filesystem.type(), end, size));
      }
      if (size < end) {
        Blocks.write(channel, size, new byte[(int) (end - size)]);
      }
      return write(channel, new VerityTree(filesystem.dataBlocks()), NO_SALT, Optional.empty());
    } catch (InvalidFieldException e) {
      throw new MosException(e.code(), name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw MosException.io("cannot append a hash tree to " + name, e);
    }
  }

  /** Writes a tree and then its superblock; an empty UUID becomes the one of {@link #uuid}. */
  static RootHash write(FileChannel channel, VerityTree tree, Bytes salt, Optional<UUID> uuid)
      throws IOException {
    BlockHasher hasher = new BlockHasher(channel, salt);
    long below = 0;
    long blocks = tree.dataBlocks();
    for (int level = 0; level < tree.levels(); level++) {
      long offset = tree.levelOffset(level);
      hasher.pass(
          below,
          blocks,
          () ->
              (index, hashBlock) ->
                  Blocks.write(channel, offset + index * VerityTree.BLOCK, hashBlock));
      below = offset;
      blocks = tree.levelBlocks(level);
    }
    byte[] root = hasher.digest(below);
    VeritySuperblock superblock =
        new VeritySuperblock(uuid.orElseGet(() -> uuid(root)), tree.dataBlocks(), salt);
    Blocks.write(
        channel, tree.superblockOffset(), Arrays.copyOf(superblock.toArray(), VerityTree.BLOCK));
    return new RootHash(HexFormat.of().formatHex(root));
  }

  private static UUID uuid(byte[] root) {
    ByteBuffer bytes = ByteBuffer.wrap(root);
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
