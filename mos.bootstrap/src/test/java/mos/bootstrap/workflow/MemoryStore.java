package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.formats.ImageManifestFormat;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;

/** Images without layers, to look at. */
final class MemoryStore implements ImageStore {
  private static final Bytes CONFIG = Bytes.utf8("{}");

  private final Map<Digest, Bytes> manifests = new HashMap<>();

  /** Puts an image into it. */
  Bytes add(String content) {
    return add(Map.of("content", content));
  }

  /** Puts the image of a bootkit into it that names itself. */
  Bytes addBootkit(String id) {
    return add(Map.of(Bootkit.ID_ANNOTATION, id));
  }

  private Bytes add(Map<String, String> annotations) {
    Bytes image =
        ImageManifestFormat.write(
            new ImageManifest(
                Optional.empty(),
                Descriptor.of(MediaTypes.CONFIG, CONFIG.digest(), CONFIG.size()),
                List.of(),
                Optional.empty(),
                annotations));
    manifests.put(image.digest(), image);
    return image;
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
    throw new UnsupportedOperationException();
  }

  @Override
  public Bytes smallBlob(Descriptor descriptor, long limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BlobSource blob(Descriptor descriptor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Descriptor> referrers(Digest subject, String artifactType) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path file(Digest digest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isEmpty() {
    return manifests.isEmpty();
  }

  @Override
  public ImageDestination begin() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
