package mos.spi.mount;

import java.nio.file.Path;
import java.util.Set;
import mos.spi.event.EventSink;
import mos.spi.image.RootHash;

/**
 * Makes layers that a {@link RootfsMounter} can mount. Found by {@link java.util.ServiceLoader},
 * chosen by format. The same input gives the same bytes.
 */
public interface LayerBuilder {
  /** The formats it makes, such as {@code squashfs} and {@code erofs}. */
  Set<String> formats();

  /**
   * Makes a layer.
   *
   * @param source a directory or a tar file
   * @param output the file to write, which must not exist
   * @throws mos.spi.MosException MISSING when a tool is not installed; INVALID when the source is
   *     neither; RESOURCE otherwise
   */
  BuiltLayer build(String format, Path source, Path output, EventSink events);

  /**
   * A layer that was made.
   *
   * @param mediaType its media type
   * @param size in bytes, hash tree included
   * @param rootHash of its hash tree
   */
  record BuiltLayer(String mediaType, long size, RootHash rootHash) {}
}
