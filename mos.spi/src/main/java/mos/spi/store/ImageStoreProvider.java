package mos.spi.store;

import java.nio.file.Path;

/** Phase store: keeps the images of a host. One per program. */
public interface ImageStoreProvider {
  /**
   * The store in a directory, which need not exist yet.
   *
   * @param directory the host's store directory, usually {@code /atomfs-cache}
   */
  ImageStore open(Path directory);
}
