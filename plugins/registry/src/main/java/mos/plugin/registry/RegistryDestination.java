package mos.plugin.registry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.BlobReport;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.ImageManifest;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Adds to a repository. Blobs are sent at once, where nothing refers to them; manifests are sent by
 * the commit, in the order in which they were put, so that the tag of the last one moves last. What
 * was sent without a commit is left to the registry's garbage collection: there is no way to take a
 * blob back that another writer may have come to rely on.
 */
final class RegistryDestination implements ImageDestination {
  private final String location;
  private final RepositoryClient client;
  private final Set<Descriptor> there = ConcurrentHashMap.newKeySet();
  private final List<Pending> manifests = new ArrayList<>();

  RegistryDestination(String location, RepositoryClient client) {
    this.location = location;
    this.client = client;
  }

  private record Pending(Descriptor descriptor, Bytes bytes, Optional<String> tag) {}

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean contains(Descriptor descriptor) {
    boolean manifest =
        ImageManifestFormat.isManifest(descriptor.mediaType())
            || ImageIndexFormat.isIndex(descriptor.mediaType());
    if (there.contains(descriptor)) {
      return true;
    }
    String path = (manifest ? "manifests/" : "blobs/") + descriptor.digest();
    Call call = new Call("HEAD", client.at(path), 200, 404);
    if (manifest) {
      call.header("Accept", descriptor.mediaType());
    }
    Answer answer = client.send(call);
    answer.done();
    OptionalLong length = answer.length();
    boolean found =
        answer.status() == 200 && (length.isEmpty() || length.getAsLong() == descriptor.size());
    if (found) {
      there.add(descriptor);
    }
    return found;
  }

  @Override
  public void putBlob(Descriptor descriptor, BlobSource source, EventSink events) {
    if (contains(descriptor) || mount(descriptor, source)) {
      events.accept(new Event.BlobPresent(descriptor.digest(), descriptor.size()));
    } else {
      BlobReport report = new BlobReport(events, descriptor.digest(), descriptor.size());
      new BlobUpload(client, descriptor, source, report::at).run();
    }
    there.add(descriptor);
  }

  /** A registry that has the blob in another repository need not be sent it ("Mounting a blob"). */
  private boolean mount(Descriptor descriptor, BlobSource source) {
    if (!(source instanceof RegistryBlob blob)
        || !blob.origin().host().equals(client.endpoint().host())) {
      return false;
    }
    String from = blob.origin().name();
    if (from.equals(client.endpoint().name())) {
      return false;
    }
    Call call =
        new Call(
                "POST",
                client.at(
                    "blobs/uploads/?mount="
                        + descriptor.digest()
                        + "&from="
                        + URLEncoder.encode(from, StandardCharsets.UTF_8)),
                201,
                202,
                404,
                405)
            .scope("repository:" + from + ":pull");
    Answer answer = client.send(call);
    answer.done();
    return answer.status() == 201;
  }

  @Override
  public void putManifest(Descriptor descriptor, Bytes bytes, Optional<String> tag) {
    if (bytes.size() != descriptor.size() || !bytes.digest().equals(descriptor.digest())) {
      throw MosException.refused(
          location + ": a manifest must have the digest " + descriptor.digest());
    }
    synchronized (manifests) {
      manifests.add(new Pending(descriptor, bytes, tag));
    }
  }

  @Override
  public void commit() {
    synchronized (manifests) {
      for (Pending manifest : manifests) {
        push(manifest);
      }
      manifests.clear();
    }
  }

  private void push(Pending manifest) {
    String reference = manifest.tag().orElse(manifest.descriptor().digest().toString());
    boolean listed =
        put(reference, manifest.descriptor().mediaType(), manifest.bytes())
            .header("OCI-Subject")
            .isPresent();
    if (!listed && ImageManifestFormat.isManifest(manifest.descriptor().mediaType())) {
      ImageManifest parsed = ImageManifestFormat.parse(manifest.bytes());
      parsed.subject().ifPresent(subject -> list(manifest.descriptor(), parsed, subject));
    }
  }

  private Answer put(String reference, String mediaType, Bytes bytes) {
    Call call =
        new Call("PUT", client.at("manifests/" + reference), 201, 400, 404, 413)
            .header("Content-Type", mediaType)
            .body(() -> new ByteArrayEntity(bytes.toArray(), null));
    Answer answer = client.send(call);
    String because = answer.done();
    if (answer.status() != 201) {
      throw new MosException(
          ErrorCode.RESOURCE,
          location
              + ": the registry does not take the manifest "
              + reference
              + " ("
              + answer.status()
              + because
              + ")");
    }
    return answer;
  }

  /**
   * A registry without the referrers API has a tag for each subject instead, which those who push
   * keep ("Pushing Manifests with Subject"). Others' entries stay.
   */
  private void list(Descriptor descriptor, ImageManifest manifest, Descriptor subject) {
    Manifests fresh = new Manifests(client);
    Referrers referrers = new Referrers(client, fresh);
    List<Descriptor> entries = new ArrayList<>(listed(referrers, subject));
    if (entries.stream().anyMatch(entry -> entry.digest().equals(descriptor.digest()))) {
      return;
    }
    entries.add(
        new Descriptor(
            descriptor.mediaType(),
            descriptor.digest(),
            descriptor.size(),
            manifest.annotations(),
            Optional.of(manifest.effectiveArtifactType()),
            Optional.empty()));
    Bytes index = ImageIndexFormat.write(new ImageIndex(entries, Map.of()));
    put(Referrers.tag(subject.digest()), mos.spi.image.MediaTypes.INDEX, index);
  }

  private static List<Descriptor> listed(Referrers referrers, Descriptor subject) {
    try {
      return referrers.byTag(subject.digest());
    } catch (InvalidFieldException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    synchronized (manifests) {
      manifests.clear();
    }
  }
}
