package mos.spi.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.InvalidFieldException;

/**
 * An OCI image manifest (image specification 1.1).
 *
 * @param artifactType what it is, if not a container image
 * @param config the configuration blob
 * @param layers bottom layer first
 * @param subject the manifest it is attached to
 * @param annotations facts about it
 */
public record ImageManifest(
    Optional<String> artifactType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations) {
  /** The most layers that are accepted. */
  public static final int MAX_LAYERS = 500;

  /** Checks the number of layers and copies the collections. */
  public ImageManifest {
    if (layers.size() > MAX_LAYERS) {
      throw new InvalidFieldException(
          "layers", "must be at most " + MAX_LAYERS + ", are " + layers.size());
    }
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }

  /** The artifact type, or what stood for it before OCI 1.1: the configuration's media type. */
  public String effectiveArtifactType() {
    return artifactType.orElse(config.mediaType());
  }
}
