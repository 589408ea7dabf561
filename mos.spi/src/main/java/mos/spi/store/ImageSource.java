package mos.spi.store;

import java.util.List;
import java.util.Optional;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;

/** A repository to read from. Safe for several threads. */
public interface ImageSource extends AutoCloseable {
  /** Where it is, for messages. */
  String location();

  /**
   * What a tag or a digest stands for.
   *
   * @return the descriptor, or empty when there is no such manifest
   */
  Optional<Descriptor> resolve(Selector selector);

  /**
   * Reads a manifest or an index.
   *
   * @return bytes that have the descriptor's digest and size
   * @throws mos.spi.MosException REFUSED when they have not, NOT_FOUND when there is none, INVALID
   *     when the descriptor's size is over {@link mos.spi.model.Target#MAX_IMAGE_MANIFEST}
   */
  Bytes manifest(Descriptor descriptor);

  /**
   * Reads a small blob whole.
   *
   * @param limit the most bytes to accept
   * @return bytes that have the descriptor's digest and size
   */
  Bytes smallBlob(Descriptor descriptor, long limit);

  /** Where the bytes of a blob are. Whether they exist shows when they are opened. */
  BlobSource blob(Descriptor descriptor);

  /**
   * Manifests attached to another one (distribution specification 1.1, "Listing Referrers").
   *
   * @param artifactType only those of this type
   * @return in a stable order
   */
  List<Descriptor> referrers(Digest subject, String artifactType);

  @Override
  void close();
}
