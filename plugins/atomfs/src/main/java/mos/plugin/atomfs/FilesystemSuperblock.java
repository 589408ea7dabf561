package mos.plugin.atomfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import mos.spi.InvalidFieldException;

/** What the first bytes of a layer say about the file system in it. */
sealed interface FilesystemSuperblock permits SquashfsSuperblock, ErofsSuperblock {
  /** How many bytes {@link #parse} wants: the whole first block, which an erofs checksum covers. */
  int HEAD_SIZE = VerityTree.BLOCK;

  /** The kernel's name of the file system, as mount takes it. */
  String type();

  /** The bytes that the file system uses, before padding to a whole block. */
  long used();

  /**
   * The blocks of {@value VerityTree#BLOCK} bytes that the file system fills, the last one padded.
   */
  default long dataBlocks() {
    return Math.ceilDiv(used(), (long) VerityTree.BLOCK);
  }

  /**
   * Recognises the file system by its magic number and reads its superblock.
   *
   * @param head the first {@value #HEAD_SIZE} bytes of the layer, fewer when the layer is shorter
   * @throws InvalidFieldException when it is neither squashfs nor erofs or its superblock is
   *     damaged
   */
  static FilesystemSuperblock parse(byte[] head) {
    ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (SquashfsSuperblock.recognises(bytes)) {
      return SquashfsSuperblock.parse(bytes);
    }
    if (ErofsSuperblock.recognises(bytes)) {
      return ErofsSuperblock.parse(bytes);
    }
    throw new InvalidFieldException("", "neither a squashfs nor an erofs file system begins here");
  }
}
