package mos.spi.image;

import java.util.Map;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Digest;

/**
 * What points at content (OCI image specification 1.1, "Content Descriptors"). {@code urls} and
 * embedded {@code data} are never used.
 *
 * @param mediaType the content's type
 * @param digest of the content
 * @param size of the content in bytes
 * @param annotations unordered facts about it
 * @param artifactType of the manifest it points at, if that is an artifact
 * @param platform of the image it points at
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Map<String, String> annotations,
    Optional<String> artifactType,
    Optional<Platform> platform) {
  /** Checks the size and copies the annotations. */
  public Descriptor {
    if (size < 0) {
      throw new InvalidFieldException("size", "must not be negative, is " + size);
    }
    annotations = Map.copyOf(annotations);
  }

  /** A descriptor with the three mandatory fields. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Map.of(), Optional.empty(), Optional.empty());
  }

  /**
   * Checks that the content may be read whole into memory.
   *
   * @param limit the most bytes to accept
   * @param location where the content is, for the message
   * @throws MosException INVALID when it is larger
   */
  public void requireAtMost(long limit, String location) {
    if (size > limit) {
      throw MosException.invalid(
          location + ": " + digest + " has " + size + " bytes, at most " + limit + " are accepted");
    }
  }

  /** The same content with other annotations. */
  public Descriptor withAnnotations(Map<String, String> replacement) {
    return new Descriptor(mediaType, digest, size, replacement, artifactType, platform);
  }
}
