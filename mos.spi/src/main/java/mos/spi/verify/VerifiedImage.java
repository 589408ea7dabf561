package mos.spi.verify;

import java.util.List;
import mos.spi.image.ImageManifest;
import mos.spi.image.Layer;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;

/**
 * An image that a {@link VerifiedManifest} names and whose OCI manifest has the digest and size
 * given there. Its blobs are content-addressed by it: whoever reads one checks its digest, or
 * mounts it under the layer's verity root hash.
 */
public final class VerifiedImage {
  private final Target target;
  private final Bytes bytes;
  private final ImageManifest manifest;
  private final List<Layer> layers;

  VerifiedImage(Target target, Bytes bytes, ImageManifest manifest) {
    this.target = target;
    this.bytes = bytes;
    this.manifest = manifest;
    this.layers = manifest.layers().stream().map(Layer::of).toList();
  }

  /** The target it belongs to. */
  public Target target() {
    return target;
  }

  /** The digest of its OCI manifest. */
  public Digest digest() {
    return target.digest();
  }

  /** The OCI manifest's bytes. */
  public Bytes bytes() {
    return bytes;
  }

  /** The OCI manifest. */
  public ImageManifest manifest() {
    return manifest;
  }

  /** Its layers, bottom first. */
  public List<Layer> layers() {
    return layers;
  }
}
