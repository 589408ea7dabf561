package mos.spi.mount;

import java.nio.file.Path;
import mos.spi.model.Digest;

/** Where the blobs of layers are. */
@FunctionalInterface
public interface LayerFiles {
  /**
   * The file that holds a blob.
   *
   * @throws mos.spi.MosException NOT_FOUND when there is none
   */
  Path file(Digest digest);
}
