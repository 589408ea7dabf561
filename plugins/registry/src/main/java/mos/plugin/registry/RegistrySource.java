package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageSource;

/**
 * Reads a repository: its mirrors first, in their order, then the registry itself. A mirror that
 * lacks something or does not work is passed over.
 */
final class RegistrySource implements ImageSource {
  private static final int TRIES = 3;

  private final String location;
  private final List<Place> places = new ArrayList<>();
  private final EventSink events;

  /**
   * @param clients mirrors first, the registry last
   */
  RegistrySource(String location, List<RepositoryClient> clients, EventSink events) {
    this.location = location;
    this.events = events;
    for (RepositoryClient client : clients) {
      Manifests manifests = new Manifests(client);
      places.add(new Place(client, manifests, new Referrers(client, manifests)));
    }
  }

  private record Place(RepositoryClient client, Manifests manifests, Referrers referrers) {}

  @Override
  public String location() {
    return location;
  }

  @Override
  public Optional<Descriptor> resolve(Selector selector) {
    Predicate<Endpoint> asked =
        selector instanceof Selector.Tag ? Endpoint::hasTags : Endpoint::hasDigests;
    return first(asked, place -> place.manifests().resolve(selector));
  }

  /** The first place that has an answer; only the registry's own failure counts. */
  private <T> Optional<T> first(Predicate<Endpoint> asked, Function<Place, Optional<T>> question) {
    for (Place place : places) {
      if (!asked.test(place.client().endpoint())) {
        continue;
      }
      try {
        Optional<T> answer = question.apply(place);
        if (answer.isPresent() || !place.client().endpoint().isMirror()) {
          return answer;
        }
      } catch (MosException e) {
        if (!place.client().endpoint().isMirror() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        events.accept(new Event.Warning("mirror passed over: " + e.getMessage()));
      }
    }
    return Optional.empty();
  }

  @Override
  public Bytes manifest(Descriptor descriptor) {
    descriptor.requireAtMost(Target.MAX_IMAGE_MANIFEST, location);
    Bytes bytes =
        first(Endpoint::hasDigests, place -> place.manifests().get(descriptor.digest()))
            .orElseThrow(
                () ->
                    MosException.notFound(location + "@" + descriptor.digest() + ": is not there"));
    if (bytes.size() != descriptor.size()) {
      throw MosException.refused(
          location
              + "@"
              + descriptor.digest()
              + ": has "
              + bytes.size()
              + " bytes, must have "
              + descriptor.size());
    }
    return bytes;
  }

  @Override
  public Bytes smallBlob(Descriptor descriptor, long limit) {
    descriptor.requireAtMost(limit, location);
    BlobSource blob = blob(descriptor);
    for (int i = 1; ; i++) {
      try (InputStream in = blob.open(0)) {
        Bytes bytes = Bytes.copyOf(in.readNBytes((int) descriptor.size() + 1));
        if (bytes.size() != descriptor.size() || !bytes.digest().equals(descriptor.digest())) {
          throw MosException.refused(
              blob.location() + ": what came has the digest " + bytes.digest());
        }
        return bytes;
      } catch (IOException e) {
        if (i == TRIES) {
          throw new MosException(
              ErrorCode.RESOURCE, "cannot read " + blob.location() + ": " + Reasons.of(e), e);
        }
      }
    }
  }

  @Override
  public BlobSource blob(Descriptor descriptor) {
    return new RegistryBlob(
        places.stream()
            .map(Place::client)
            .filter(client -> client.endpoint().hasDigests())
            .toList(),
        descriptor);
  }

  @Override
  public List<Descriptor> referrers(Digest subject, String artifactType) {
    return first(
            Endpoint::hasDigests,
            place -> {
              List<Descriptor> found = place.referrers().of(subject, artifactType);
              return found.isEmpty() ? Optional.empty() : Optional.of(found);
            })
        .orElse(List.of());
  }

  @Override
  public void close() {}
}
