package mos.spi.image;

import java.util.List;
import java.util.Map;

/**
 * An OCI image index (image specification 1.1); also {@code index.json} of an OCI layout.
 *
 * @param manifests what it lists
 * @param annotations facts about it
 */
public record ImageIndex(List<Descriptor> manifests, Map<String, String> annotations) {
  /** Copies the collections. */
  public ImageIndex {
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }
}
