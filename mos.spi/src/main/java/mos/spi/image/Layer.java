package mos.spi.image;

import java.util.Optional;
import mos.spi.InvalidFieldException;

/**
 * A layer of an image: a file system image with its hash tree behind it.
 *
 * @param descriptor where it is and how large
 * @param rootHash of its dm-verity hash tree; empty when the image was built without
 */
public record Layer(Descriptor descriptor, Optional<RootHash> rootHash) {
  /**
   * Reads the root hash from the descriptor's annotations, the newer name and the older one; both
   * must agree.
   *
   * @throws InvalidFieldException when it is no root hash or the two differ
   */
  public static Layer of(Descriptor descriptor) {
    String newer = descriptor.annotations().get(MediaTypes.ROOT_HASH);
    String older = descriptor.annotations().get(MediaTypes.OLD_ROOT_HASH);
    if (newer != null && older != null && !newer.equals(older)) {
      throw new InvalidFieldException("annotations", "the two verity root hashes differ");
    }
    String hash = newer != null ? newer : older;
    try {
      return new Layer(descriptor, Optional.ofNullable(hash).map(RootHash::new));
    } catch (InvalidFieldException e) {
      throw e.under("annotations");
    }
  }
}
