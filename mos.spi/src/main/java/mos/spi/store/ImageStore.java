package mos.spi.store;

import java.nio.file.Path;
import mos.spi.model.Digest;

/** The images of a host. Several processes may read while one adds. */
public interface ImageStore extends ImageSource {
  /**
   * The file that holds a blob.
   *
   * @throws mos.spi.MosException NOT_FOUND when the store has no such blob
   */
  Path file(Digest digest);

  /** Whether any image is there. */
  boolean isEmpty();

  /**
   * Begins to add images. Creates the store when it does not exist; taking it back removes it
   * again.
   */
  ImageDestination begin();
}
