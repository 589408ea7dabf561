package mos.spi.store;

import java.util.Collection;
import java.util.Optional;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.model.Bytes;

/**
 * A transaction that adds to a repository. What was put is kept by {@link #commit}; {@link #close}
 * without it takes back what this transaction added, and nothing else. {@link #putBlob} may be
 * called from several threads.
 */
public interface ImageDestination extends AutoCloseable {
  /** Where it is, for messages. */
  String location();

  /** Whether the blob or manifest is there, whole. */
  boolean contains(Descriptor descriptor);

  /**
   * Makes sure, where that can be known, that there is room for blobs before the first byte of any
   * of them is written.
   *
   * @throws mos.spi.MosException RESOURCE when there is not enough
   */
  default void reserve(Collection<Descriptor> blobs) {}

  /**
   * Adds a blob; does nothing when it is there already. The bytes are digested while they are
   * written and appear under their name only when digest and size fit.
   *
   * @throws mos.spi.MosException REFUSED when digest or size differ from the descriptor's; RESOURCE
   *     when reading or writing fails
   */
  void putBlob(Descriptor descriptor, BlobSource source, EventSink events);

  /**
   * Adds a manifest or an index whose blobs are there, and lets a tag point at it.
   *
   * @param tag without it the manifest can be had by digest only
   */
  void putManifest(Descriptor descriptor, Bytes bytes, Optional<String> tag);

  /** Makes everything that was put durable and visible. */
  void commit();

  @Override
  void close();
}
