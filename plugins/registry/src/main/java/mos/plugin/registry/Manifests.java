package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;

/**
 * Gets manifests and indexes, each once: what a tag stands for is found out by getting it, because
 * a server's word for a digest would have to be checked against the bytes anyway.
 */
final class Manifests {
  private static final List<String> ACCEPTED =
      List.of(
          MediaTypes.MANIFEST,
          MediaTypes.INDEX,
          "application/vnd.docker.distribution.manifest.v2+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");

  private final RepositoryClient client;
  private final Map<Digest, Bytes> known = new ConcurrentHashMap<>();

  Manifests(RepositoryClient client) {
    this.client = client;
  }

  /** What a tag or a digest stands for, if the repository has it. */
  Optional<Descriptor> resolve(Selector selector) {
    return switch (selector) {
      case Selector.Tag tag -> get(tag.tag()).map(this::describe);
      case Selector.ByDigest wanted -> get(wanted.digest()).map(this::describe);
    };
  }

  /** The bytes of a manifest, which have its digest. */
  Optional<Bytes> get(Digest digest) {
    Bytes bytes = known.get(digest);
    if (bytes != null) {
      return Optional.of(bytes);
    }
    Optional<Bytes> got = get(digest.toString());
    got.ifPresent(
        found -> {
          if (!found.digest().equals(digest)) {
            throw MosException.refused(
                client.endpoint() + "@" + digest + ": what came has the digest " + found.digest());
          }
        });
    return got;
  }

  private Optional<Bytes> get(String reference) {
    Call call =
        new Call("GET", client.at("manifests/" + reference), 200, 404)
            .header("Accept", String.join(", ", ACCEPTED));
    Answer answer = client.send(call);
    Bytes bytes;
    try (InputStream body = new StallGuard(answer.body(), RegistryBlob.STALL_SECONDS)) {
      if (answer.status() == 404) {
        body.readNBytes(4096);
        return Optional.empty();
      }
      bytes = Bytes.copyOf(body.readNBytes((int) Target.MAX_IMAGE_MANIFEST + 1));
    } catch (IOException e) {
      throw MosException.io(
          "cannot read manifest " + reference + " of " + client.endpoint(),
          new IOException(Reasons.of(e), e));
    }
    if (bytes.size() > Target.MAX_IMAGE_MANIFEST) {
      throw MosException.invalid(
          client.endpoint()
              + ": manifest "
              + reference
              + " is larger than "
              + Target.MAX_IMAGE_MANIFEST
              + " bytes");
    }
    known.put(bytes.digest(), bytes);
    return Optional.of(bytes);
  }

  /** What it is, the bytes say; the server's word for it counts for nothing. */
  private Descriptor describe(Bytes bytes) {
    String type = parses(() -> ImageManifestFormat.parse(bytes)) ? MediaTypes.MANIFEST : "";
    if (type.isEmpty()) {
      type = parses(() -> ImageIndexFormat.parse(bytes)) ? MediaTypes.INDEX : MediaTypes.MANIFEST;
    }
    return Descriptor.of(type, bytes.digest(), bytes.size());
  }

  private static boolean parses(Runnable parser) {
    try {
      parser.run();
      return true;
    } catch (InvalidFieldException e) {
      return false;
    }
  }
}
