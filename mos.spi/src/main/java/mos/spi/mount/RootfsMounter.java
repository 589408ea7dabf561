package mos.spi.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.spi.event.EventSink;
import mos.spi.verify.VerifiedImage;

/**
 * Phase mount: turns the layers of a verified image into a file system. Found by {@link
 * java.util.ServiceLoader} and chosen by layer media type; two mounters for one type are an error.
 */
public interface RootfsMounter {
  /** Whether it can mount layers of this media type. */
  boolean supports(String mediaType);

  /**
   * Mounts an image. Every byte that can be read through the mount is covered by a verity root hash
   * of the image. A failure leaves nothing mounted. The same image already mounted there in the
   * same way is a success, said by a note.
   *
   * @throws mos.spi.MosException REFUSED when a layer is not what its root hash says or has none;
   *     BUSY when something else is mounted at the destination; NOT_FOUND when a layer is missing;
   *     RESOURCE when the kernel refuses
   */
  MountedImage mount(VerifiedImage image, LayerFiles files, MountRequest request, EventSink events);

  /**
   * What this mounter has mounted at a destination; records are believed only as far as the
   * kernel's mount table agrees.
   */
  Optional<MountedImage> mounted(Path destination, Path run);

  /** Everything this mounter has mounted and recorded there. */
  List<MountedImage> mounted(Path run);

  /**
   * Undoes a mount and everything below it that belongs to it; does nothing when there is none.
   *
   * @throws mos.spi.MosException BUSY when it is in use; calling again later works
   */
  void unmount(Path destination, Path run, EventSink events);

  /**
   * Reads every block of every layer and compares it with the root hash.
   *
   * @throws mos.spi.MosException REFUSED naming layer and block
   */
  void scan(VerifiedImage image, LayerFiles files, EventSink events);
}
