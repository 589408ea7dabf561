package mos.spi.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Where a blob's bytes can be had. Nothing about them has been verified. */
public interface BlobSource {
  /** Where, for messages. */
  String location();

  /**
   * Opens the bytes from an offset, so that a broken transfer can go on.
   *
   * @param offset in bytes from the blob's beginning
   */
  InputStream open(long offset) throws IOException;

  /**
   * The local file that holds exactly the blob, if there is one: it can be reflinked or copied by
   * the kernel.
   */
  default Optional<Path> file() {
    return Optional.empty();
  }
}
