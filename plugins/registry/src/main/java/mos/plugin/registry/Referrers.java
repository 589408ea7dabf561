package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;

/**
 * What is attached to a manifest (distribution specification 1.1, "Listing Referrers"), by the API
 * or, where a server lacks it, by the tag that stands in for it ("Referrers Tag Schema").
 */
final class Referrers {
  private static final int MAX_PAGES = 50;
  private static final Set<String> OF_CONFIGURATION = Set.of(MediaTypes.EMPTY, MediaTypes.CONFIG);
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;.*\\brel=\"?next\"?.*");

  private final RepositoryClient client;
  private final Manifests manifests;

  /** Found out with the first question, and what stood in for it: several types are asked for. */
  private volatile boolean lacksApi;

  private final Map<Digest, List<Descriptor>> tagged = new ConcurrentHashMap<>();

  Referrers(RepositoryClient client, Manifests manifests) {
    this.client = client;
    this.manifests = manifests;
  }

  /** The tag that stands in for the API. */
  static String tag(Digest subject) {
    return "sha256-" + subject.hex();
  }

  /** Those of a type, in the order of their digests: servers keep none. */
  List<Descriptor> of(Digest subject, String artifactType) {
    Optional<List<Descriptor>> listed = lacksApi ? Optional.empty() : byApi(subject, artifactType);
    lacksApi = listed.isEmpty();
    List<Descriptor> all = listed.orElseGet(() -> tagged.computeIfAbsent(subject, this::byTag));
    Map<Digest, Descriptor> found = new LinkedHashMap<>();
    for (Descriptor referrer : all) {
      if (type(referrer).equals(Optional.of(artifactType))) {
        found.putIfAbsent(referrer.digest(), referrer);
      }
    }
    return found.values().stream()
        .sorted(Comparator.comparing(referrer -> referrer.digest().hex()))
        .toList();
  }

  /**
   * Some servers and tools leave the type out, or put that of the configuration there, as it was
   * before OCI 1.1: then the manifest has it.
   */
  private Optional<String> type(Descriptor referrer) {
    if (referrer.artifactType().filter(type -> !OF_CONFIGURATION.contains(type)).isPresent()) {
      return referrer.artifactType();
    }
    if (referrer.size() > Target.MAX_IMAGE_MANIFEST) {
      return Optional.empty();
    }
    try {
      return manifests
          .get(referrer.digest())
          .map(ImageManifestFormat::parse)
          .map(ImageManifest::effectiveArtifactType);
    } catch (InvalidFieldException e) {
      return Optional.empty();
    }
  }

  private Optional<List<Descriptor>> byApi(Digest subject, String artifactType) {
    List<Descriptor> all = new ArrayList<>();
    URI page =
        client.at(
            "referrers/"
                + subject
                + "?artifactType="
                + URLEncoder.encode(artifactType, StandardCharsets.UTF_8));
    for (int i = 0; i < MAX_PAGES; i++) {
      Answer answer = client.send(new Call("GET", page, 200, 400, 404, 405));
      if (answer.status() != 200) {
        answer.done();
        return Optional.empty();
      }
      all.addAll(list(page, answer));
      Optional<URI> next = next(page, answer);
      if (next.isEmpty()) {
        return Optional.of(all);
      }
      page = next.get();
    }
    throw MosException.invalid(
        client.endpoint() + ": more than " + MAX_PAGES + " pages are attached to " + subject);
  }

  private List<Descriptor> list(URI page, Answer answer) {
    try (InputStream body = new StallGuard(answer.body(), RegistryBlob.STALL_SECONDS)) {
      byte[] bytes = body.readNBytes((int) Target.MAX_IMAGE_MANIFEST + 1);
      return ImageIndexFormat.parse(Bytes.copyOf(bytes)).manifests();
    } catch (InvalidFieldException e) {
      throw MosException.invalid(client.endpoint() + ": " + page.getPath() + ": " + e.getMessage());
    } catch (IOException e) {
      throw MosException.io("cannot read " + page.getPath() + " of " + client.endpoint(), e);
    }
  }

  /** The next page (RFC 8288) is on the same server, or it is none of ours. */
  private Optional<URI> next(URI page, Answer answer) {
    for (String link : answer.headers("Link")) {
      Matcher matcher = NEXT.matcher(link);
      if (matcher.matches()) {
        URI next;
        try {
          next = page.resolve(matcher.group(1));
        } catch (IllegalArgumentException e) {
          throw MosException.invalid(
              client.endpoint() + ": its next page of referrers is no URL: " + matcher.group(1));
        }
        if (!page.getAuthority().equals(next.getAuthority())
            || !page.getScheme().equals(next.getScheme())) {
          throw MosException.invalid(
              client.endpoint() + ": its next page of referrers is elsewhere: " + next);
        }
        return Optional.of(next);
      }
    }
    return Optional.empty();
  }

  /** What the tag lists; nothing when there is no tag. */
  List<Descriptor> byTag(Digest subject) {
    Optional<Descriptor> index = manifests.resolve(new Selector.Tag(tag(subject)));
    Optional<Bytes> bytes = index.flatMap(found -> manifests.get(found.digest()));
    if (bytes.isEmpty()) {
      return List.of();
    }
    try {
      return ImageIndexFormat.parse(bytes.get()).manifests();
    } catch (InvalidFieldException e) {
      throw MosException.invalid(client.endpoint() + ":" + tag(subject) + ": " + e.getMessage());
    }
  }
}
