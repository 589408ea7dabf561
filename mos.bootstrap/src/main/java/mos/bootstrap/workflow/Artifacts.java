package mos.bootstrap.workflow;

import java.util.Optional;
import mos.formats.ImageManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;

/** Artifacts as they are: their bytes are what signatures and digests are of. */
final class Artifacts {
  private Artifacts() {}

  /** Copies an artifact with its blobs. */
  static void copy(
      ImageSource source,
      ImageDestination destination,
      Descriptor artifact,
      Optional<String> tag,
      EventSink events) {
    Bytes bytes = source.manifest(artifact);
    ImageManifest manifest;
    try {
      manifest = ImageManifestFormat.parse(bytes);
    } catch (InvalidFieldException e) {
      throw MosException.invalid(
          source.location() + "@" + artifact.digest() + ": " + e.getMessage());
    }
    destination.putBlob(manifest.config(), source.blob(manifest.config()), events);
    for (Descriptor layer : manifest.layers()) {
      destination.putBlob(layer, source.blob(layer), events);
    }
    destination.putManifest(artifact, bytes, tag);
  }
}
