package mos.spi.store;

import java.util.Set;
import mos.spi.image.Repository;

/**
 * Phase store: reaches repositories of one or more schemes. Found by {@link
 * java.util.ServiceLoader}; two transports for one scheme are a start-up error.
 */
public interface ImageTransport extends AutoCloseable {
  /** The schemes it reaches, such as {@code oci} or {@code docker}. */
  Set<String> schemes();

  /**
   * Opens a repository for reading.
   *
   * @throws mos.spi.MosException NOT_FOUND when there is none
   */
  ImageSource source(Repository repository, TransportOptions options);

  /**
   * Opens a repository itself for reading, never a copy of it (a mirror): what is there decides
   * what has to be added.
   */
  default ImageSource origin(Repository repository, TransportOptions options) {
    return source(repository, options);
  }

  /** Opens a repository for adding to it, creating it when needed. */
  ImageDestination destination(Repository repository, TransportOptions options);

  /** Ends connections; nothing that it opened is used any more. */
  @Override
  default void close() {}
}
