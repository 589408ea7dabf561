package mos.bootstrap.workflow;

import java.io.IOException;
import java.io.InputStream;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;

/**
 * A blob that was just made.
 *
 * @param location what it is, for messages
 * @param bytes its content
 */
record MemoryBlob(String location, Bytes bytes) implements BlobSource {
  @Override
  public InputStream open(long offset) throws IOException {
    InputStream stream = bytes.stream();
    stream.skipNBytes(offset);
    return stream;
  }
}
