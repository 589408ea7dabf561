package mos.plugin.zotlayout;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageSource;

/** Reads one OCI layout. It need not exist: then it has nothing. */
class LayoutSource implements ImageSource {
  private final Layout layout;
  private final String location;
  private final Referrers referrers;

  LayoutSource(Layout layout, String location, EventSink events) {
    this.layout = layout;
    this.location = location;
    this.referrers = new Referrers(layout, events);
  }

  final Layout layout() {
    return layout;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Optional<Descriptor> resolve(Selector selector) {
    return switch (selector) {
      case Selector.Tag tag -> named(tag.tag());
      case Selector.ByDigest digest -> withDigest(digest.digest());
    };
  }

  private Optional<Descriptor> named(String name) {
    List<Descriptor> found = new ArrayList<>();
    layout.entries(
        entry -> {
          if (name.equals(entry.annotations().get(MediaTypes.REF_NAME))) {
            found.add(entry);
          }
        });
    if (found.stream().map(Descriptor::digest).distinct().count() > 1) {
      throw MosException.invalid(
          layout.index() + ": two manifests are tagged '" + name + "'; ask for one by its digest");
    }
    return found.stream().findFirst();
  }

  private Optional<Descriptor> withDigest(Digest digest) {
    List<Descriptor> found = new ArrayList<>(1);
    layout.entries(
        entry -> {
          if (entry.digest().equals(digest) && found.isEmpty()) {
            found.add(entry);
          }
        });
    return found.isEmpty() ? unlisted(digest) : Optional.of(found.getFirst());
  }

  /** The manifests of an image index often are in a layout without being in its index.json. */
  Optional<Descriptor> unlisted(Digest digest) {
    return layout
        .find(digest)
        .map(file -> file.toFile().length())
        .filter(size -> size <= Target.MAX_IMAGE_MANIFEST)
        .flatMap(size -> typed(Descriptor.of(MediaTypes.MANIFEST, digest, size)));
  }

  private Optional<Descriptor> typed(Descriptor guess) {
    Bytes bytes = layout.read(guess);
    if (parses(() -> ImageManifestFormat.parse(bytes))) {
      return Optional.of(guess);
    }
    return parses(() -> ImageIndexFormat.parse(bytes))
        ? Optional.of(Descriptor.of(MediaTypes.INDEX, guess.digest(), guess.size()))
        : Optional.empty();
  }

  private static boolean parses(Runnable parser) {
    try {
      parser.run();
      return true;
    } catch (InvalidFieldException e) {
      return false;
    }
  }

  @Override
  public Bytes manifest(Descriptor descriptor) {
    return smallBlob(descriptor, Target.MAX_IMAGE_MANIFEST);
  }

  @Override
  public Bytes smallBlob(Descriptor descriptor, long limit) {
    descriptor.requireAtMost(limit, location);
    return layout.read(descriptor);
  }

  @Override
  public BlobSource blob(Descriptor descriptor) {
    return new FileBlob(layout, descriptor.digest());
  }

  @Override
  public List<Descriptor> referrers(Digest subject, String artifactType) {
    return referrers.of(subject, artifactType);
  }

  @Override
  public void close() {}
}
