package mos.bootstrap.workflow;

import java.util.List;
import java.util.Optional;
import mos.formats.ImageIndexFormat;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.Platform;

/**
 * Chooses the image for one kind of machine from an image index (OCI image specification 1.1,
 * "Image Index").
 */
final class PlatformChoice {
  /** What arm64 means when nothing is said about it. */
  private static final String ARM64_VARIANT = "v8";

  private final Platform wanted;

  PlatformChoice(Platform wanted) {
    this.wanted = wanted;
  }

  /**
   * The image for the platform.
   *
   * @param index where it is looked for
   * @param name the index, for messages
   * @throws MosException NOT_FOUND when there is none, INVALID when there are several
   */
  Descriptor from(ImageIndex index, String name) {
    List<Descriptor> fitting =
        index.manifests().stream()
            .filter(entry -> !ImageIndexFormat.isIndex(entry.mediaType()))
            .filter(entry -> entry.platform().filter(this::fits).isPresent())
            .toList();
    if (fitting.isEmpty()) {
      throw MosException.notFound(
          name + ": has no image for " + wanted + ", only for " + platforms(index));
    }
    if (fitting.stream().map(Descriptor::digest).distinct().count() > 1) {
      throw MosException.invalid(
          name + ": has several images for " + wanted + "; name one by its digest or its variant");
    }
    return fitting.getFirst();
  }

  private boolean fits(Platform platform) {
    return platform.os().equals(wanted.os())
        && platform.architecture().equals(wanted.architecture())
        && (wanted.variant().isEmpty() || variant(wanted).equals(variant(platform)));
  }

  private static Optional<String> variant(Platform platform) {
    return platform.variant().isEmpty() && platform.architecture().equals("arm64")
        ? Optional.of(ARM64_VARIANT)
        : platform.variant();
  }

  private static List<String> platforms(ImageIndex index) {
    return index.manifests().stream()
        .flatMap(entry -> entry.platform().stream())
        .map(Platform::toString)
        .distinct()
        .toList();
  }
}
