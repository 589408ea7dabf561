package mos.bootstrap.workflow;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import mos.formats.ImageManifestFormat;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;

/** Images without layers, and a repository of them. */
final class MemoryStore implements ImageStore {
  private static final Bytes CONFIG = Bytes.utf8("{}");

  private final Map<Digest, Bytes> manifests = new HashMap<>();
  private final Map<Digest, Bytes> blobs = new ConcurrentHashMap<>();
  private final Map<String, Descriptor> tags = new HashMap<>();

  /** Puts an image into it. */
  Bytes add(String content) {
    return add(Map.of("content", content));
  }

  /** Puts the image of a bootkit into it that names itself. */
  Bytes addBootkit(String id) {
    return add(Map.of(Bootkit.ID_ANNOTATION, id));
  }

  private Bytes add(Map<String, String> annotations) {
    return add(
        new ImageManifest(
            Optional.empty(),
            blob(MediaTypes.CONFIG, CONFIG),
            List.of(),
            Optional.empty(),
            annotations));
  }

  /** Puts an install manifest into it, under a tag. */
  void publish(String tag, Bytes manifest) {
    Bytes artifact =
        add(
            new ImageManifest(
                Optional.of(MediaTypes.INSTALL),
                blob(MediaTypes.EMPTY, CONFIG),
                List.of(blob(MediaTypes.INSTALL, manifest)),
                Optional.empty(),
                Map.of()));
    tags.put(tag, Descriptor.of(MediaTypes.MANIFEST, artifact.digest(), artifact.size()));
  }

  private Bytes add(ImageManifest manifest) {
    Bytes bytes = ImageManifestFormat.write(manifest);
    manifests.put(bytes.digest(), bytes);
    return bytes;
  }

  private Descriptor blob(String mediaType, Bytes content) {
    blobs.put(content.digest(), content);
    return Descriptor.of(mediaType, content.digest(), content.size());
  }

  /** Whether it has an image. */
  boolean has(Bytes image) {
    return manifests.containsKey(image.digest()) && blobs.containsKey(CONFIG.digest());
  }

  /** Takes an image away. */
  void lose(Bytes image) {
    manifests.remove(image.digest());
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public Bytes manifest(Descriptor descriptor) {
    Bytes found = manifests.get(descriptor.digest());
    if (found == null) {
      throw MosException.notFound("memory: has no " + descriptor.digest());
    }
    return found;
  }

  @Override
  public Optional<Descriptor> resolve(Selector selector) {
    return switch (selector) {
      case Selector.Tag(String tag) -> Optional.ofNullable(tags.get(tag));
      case Selector.ByDigest(Digest digest) ->
          Optional.ofNullable(manifests.get(digest))
              .map(found -> Descriptor.of(MediaTypes.MANIFEST, digest, found.size()));
    };
  }

  @Override
  public Bytes smallBlob(Descriptor descriptor, long limit) {
    return blobs.get(descriptor.digest());
  }

  @Override
  public BlobSource blob(Descriptor descriptor) {
    return new BlobSource() {
      @Override
      public String location() {
        return "memory";
      }

      @Override
      public InputStream open(long offset) {
        return new ByteArrayInputStream(blobs.get(descriptor.digest()).toArray());
      }
    };
  }

  @Override
  public List<Descriptor> referrers(Digest subject, String artifactType) {
    return List.of();
  }

  @Override
  public Path file(Digest digest) {
    throw new AssertionError("what is in memory has no file: " + digest);
  }

  @Override
  public boolean isEmpty() {
    return manifests.isEmpty();
  }

  @Override
  public ImageDestination begin() {
    return new Additions();
  }

  @Override
  public void close() {}

  /** What is added is there at once. */
  private final class Additions implements ImageDestination {
    @Override
    public String location() {
      return "memory";
    }

    @Override
    public boolean contains(Descriptor descriptor) {
      return blobs.containsKey(descriptor.digest());
    }

    @Override
    public void putBlob(Descriptor descriptor, BlobSource source, EventSink events) {
      try (InputStream in = source.open(0)) {
        blobs.put(descriptor.digest(), Bytes.copyOf(in.readAllBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void putManifest(Descriptor descriptor, Bytes bytes, Optional<String> tag) {
      manifests.put(descriptor.digest(), bytes);
    }

    @Override
    public void commit() {}

    @Override
    public void close() {}
  }
}
