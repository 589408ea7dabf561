package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import mos.formats.ImageIndexFormat;
import mos.formats.ImageManifestFormat;
import mos.formats.InstallManifestFormat;
import mos.formats.UserManifest;
import mos.formats.UserTarget;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Platform;
import mos.spi.image.Reference;
import mos.spi.image.Repository;
import mos.spi.image.RepositoryBase;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.Target;
import mos.spi.sign.ManifestSigner;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.TransportOptions;

/**
 * {@code mosb manifest publish}: a user manifest becomes a signed install manifest in a registry,
 * its images beside it.
 */
public final class Publication {
  private static final String IMAGES = "mos";
  private static final Bytes EMPTY = Bytes.utf8("{}");
  private static final Descriptor EMPTY_CONFIG =
      Descriptor.of(MediaTypes.EMPTY, EMPTY.digest(), EMPTY.size());

  private final PluginCatalog plugins;
  private final TransportOptions options;
  private final Platform platform;
  private final Steps steps;

  /**
   * A publication.
   *
   * @param platform which image of an image index is meant
   */
  public Publication(PluginCatalog plugins, TransportOptions options, Platform platform) {
    this.plugins = plugins;
    this.options = options;
    this.platform = platform;
    this.steps = new Steps(options.events());
  }

  /**
   * What was published.
   *
   * @param artifact digest of the install artifact: what the tag points at
   * @param manifest digest of the install manifest's bytes: what the host names it by
   * @param written whether anything had to be written
   */
  public record Published(Digest artifact, Digest manifest, boolean written) {}

  /** Resolve, copy, sign, push; the tag moves last. */
  public Published run(
      UserManifest manifest, ManifestSigner signer, RepositoryBase base, String name, String tag) {
    manifest.checkTypes(plugins.knownTypes());
    UUID product = signer.resolve(manifest.product());
    Repository images = base.repository(IMAGES);
    List<Target> targets = copyImages(manifest.targets(), images);
    InstallManifest install =
        new InstallManifest(
            InstallManifest.VERSION,
            product.toString(),
            manifest.storage(),
            targets,
            manifest.updateType());
    Bytes document = InstallManifestFormat.write(install);
    Bytes signature = steps.run("sign", () -> signer.sign(document));
    List<Artifact> artifacts = artifacts(document, signer.certificate(), signature);
    Repository repository = base.repository(name);
    Digest artifact = artifacts.getFirst().descriptor().digest();
    if (isPublished(repository, tag, artifacts)) {
      options
          .events()
          .accept(
              new Event.Note(
                  "nothing to do: " + repository + ":" + tag + " is this manifest already"));
      return new Published(artifact, document.digest(), false);
    }
    steps.run("push manifest", () -> push(repository, tag, artifacts));
    return new Published(artifact, document.digest(), true);
  }

  private List<Target> copyImages(List<UserTarget> wanted, Repository images) {
    List<Target> targets = new ArrayList<>();
    List<Image> found = new ArrayList<>();
    try {
      for (int i = 0; i < wanted.size(); i++) {
        Image image = resolve(wanted.get(i), "targets[" + i + "]");
        found.add(image);
        targets.add(wanted.get(i).resolved(image.descriptor().digest(), image.descriptor().size()));
      }
      steps.run("copy images", () -> copy(found, images));
    } finally {
      found.forEach(image -> image.source().close());
    }
    return targets;
  }

  private record Image(
      Descriptor descriptor, Bytes bytes, ImageManifest manifest, ImageSource source) {}

  private Image resolve(UserTarget target, String at) {
    Reference reference = target.source();
    ImageSource source =
        plugins.transport(reference.repository()).source(reference.repository(), options);
    try {
      Descriptor named =
          source
              .resolve(reference.selector())
              .orElseThrow(
                  () -> MosException.notFound(at + ".source: there is no image " + reference));
      Descriptor descriptor =
          ImageIndexFormat.isIndex(named.mediaType())
              ? chosen(source, named, at + ".source: " + reference)
              : named;
      boolean pinsIndex = target.digest().equals(Optional.of(named.digest()));
      checkPinned(target, at, pinsIndex ? named : descriptor);
      Bytes bytes = source.manifest(descriptor);
      return new Image(descriptor, bytes, parse(bytes, at, reference), source);
    } catch (MosException e) {
      source.close();
      throw e;
    }
  }

  /** What the manifest names is the image itself, whatever the index says later. */
  private Descriptor chosen(ImageSource source, Descriptor index, String name) {
    try {
      return new PlatformChoice(platform)
          .from(ImageIndexFormat.parse(source.manifest(index)), name);
    } catch (InvalidFieldException e) {
      throw MosException.invalid(name + ": " + e.getMessage());
    }
  }

  private static ImageManifest parse(Bytes bytes, String at, Reference reference) {
    try {
      return ImageManifestFormat.parse(bytes);
    } catch (InvalidFieldException e) {
      throw MosException.invalid(at + ".source: " + reference + ": " + e.getMessage());
    }
  }

  private static void checkPinned(UserTarget target, String at, Descriptor descriptor) {
    if (target.digest().isPresent() && !target.digest().get().equals(descriptor.digest())) {
      throw MosException.refused(
          at
              + ".digest: is "
              + target.digest().get()
              + ", but "
              + target.source()
              + " is "
              + descriptor.digest());
    }
    if (target.size().isPresent() && target.size().get() != descriptor.size()) {
      throw MosException.refused(
          at
              + ".size: is "
              + target.size().get()
              + ", but "
              + target.source()
              + " has "
              + descriptor.size()
              + " bytes");
    }
  }

  private void copy(List<Image> images, Repository repository) {
    try (ImageDestination destination =
        plugins.transport(repository).destination(repository, options)) {
      Map<Digest, ImportImages.Work> work = new LinkedHashMap<>();
      List<Image> missing =
          images.stream().filter(image -> !isCopied(image, repository, destination)).toList();
      if (missing.isEmpty()) {
        return;
      }
      for (Image image : missing) {
        work.putIfAbsent(
            image.manifest().config().digest(),
            new ImportImages.Work(image.manifest().config(), image.source()));
        for (Descriptor layer : image.manifest().layers()) {
          work.putIfAbsent(layer.digest(), new ImportImages.Work(layer, image.source()));
        }
      }
      ImportImages.copy(List.copyOf(work.values()), destination, options.events());
      for (Image image : missing) {
        Descriptor plain =
            Descriptor.of(
                image.descriptor().mediaType(),
                image.descriptor().digest(),
                image.descriptor().size());
        destination.putManifest(plain, image.bytes(), Optional.of(plain.digest().hex()));
      }
      destination.commit();
    }
  }

  private boolean isCopied(Image image, Repository repository, ImageDestination destination) {
    Digest digest = image.descriptor().digest();
    try (ImageSource present = plugins.transport(repository).origin(repository, options)) {
      return present
              .resolve(new Selector.Tag(digest.hex()))
              .map(Descriptor::digest)
              .equals(Optional.of(digest))
          && destination.contains(image.manifest().config())
          && image.manifest().layers().stream().allMatch(destination::contains);
    } catch (MosException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** A manifest to push and the one blob that it wraps. */
  private record Artifact(Descriptor descriptor, Bytes bytes, Descriptor layer, Bytes content) {}

  /** The install manifest first, then what is attached to it. */
  private static List<Artifact> artifacts(Bytes document, Bytes certificate, Bytes signature) {
    Artifact install =
        artifact(MediaTypes.INSTALL, MediaTypes.INSTALL, "index.json", document, Optional.empty());
    Optional<Descriptor> subject = Optional.of(install.descriptor());
    return List.of(
        install,
        artifact(MediaTypes.CERTIFICATE, MediaTypes.TAR, "cert.pem", certificate, subject),
        artifact(MediaTypes.SIGNATURE, MediaTypes.TAR, "install.json.signed", signature, subject));
  }

  private static Artifact artifact(
      String type, String layerType, String title, Bytes content, Optional<Descriptor> subject) {
    Descriptor layer =
        Descriptor.of(layerType, content.digest(), content.size())
            .withAnnotations(Map.of(MediaTypes.TITLE, title));
    Bytes bytes =
        ImageManifestFormat.write(
            new ImageManifest(Optional.of(type), EMPTY_CONFIG, List.of(layer), subject, Map.of()));
    return new Artifact(
        Descriptor.of(MediaTypes.MANIFEST, bytes.digest(), bytes.size()), bytes, layer, content);
  }

  private boolean isPublished(Repository repository, String tag, List<Artifact> artifacts) {
    Descriptor install = artifacts.getFirst().descriptor();
    try (ImageSource present = plugins.transport(repository).origin(repository, options)) {
      return present
              .resolve(new Selector.Tag(tag))
              .map(Descriptor::digest)
              .equals(Optional.of(install.digest()))
          && attached(present, install, MediaTypes.CERTIFICATE, artifacts.get(1))
          && attached(present, install, MediaTypes.SIGNATURE, artifacts.get(2));
    } catch (MosException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static boolean attached(
      ImageSource source, Descriptor subject, String type, Artifact artifact) {
    return source.referrers(subject.digest(), type).stream()
        .anyMatch(referrer -> referrer.digest().equals(artifact.descriptor().digest()));
  }

  private void push(Repository repository, String tag, List<Artifact> artifacts) {
    try (ImageDestination destination =
        plugins.transport(repository).destination(repository, options)) {
      destination.putBlob(
          EMPTY_CONFIG, new MemoryBlob("empty configuration", EMPTY), options.events());
      for (Artifact artifact : artifacts) {
        destination.putBlob(
            artifact.layer(),
            new MemoryBlob("signed manifest", artifact.content()),
            options.events());
      }
      for (Artifact artifact : artifacts.reversed()) {
        Optional<String> name =
            artifact.equals(artifacts.getFirst()) ? Optional.of(tag) : Optional.empty();
        destination.putManifest(artifact.descriptor(), artifact.bytes(), name);
      }
      destination.commit();
    }
  }
}
