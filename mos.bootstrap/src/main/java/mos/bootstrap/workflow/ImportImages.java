package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.image.Repository;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.Target;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.TransportOptions;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;

/**
 * Copies the images that a verified manifest names into a store, several blobs at once, each
 * digested while it is written.
 */
final class ImportImages {
  private static final String IMAGES = "mos";

  private final PluginCatalog plugins;
  private final TransportOptions options;
  private final VerificationGate gate;

  ImportImages(PluginCatalog plugins, TransportOptions options, VerificationGate gate) {
    this.plugins = plugins;
    this.options = options;
    this.gate = gate;
  }

  /** Imports the images of some targets; the transaction is left for the caller to commit. */
  List<VerifiedImage> into(
      ImageDestination store, Reference url, VerifiedManifest manifest, List<Target> targets) {
    List<VerifiedImage> images = new ArrayList<>();
    try (ImageSource source = find(url, targets.getFirst())) {
      Map<Digest, Work> work = admit(source, manifest, targets, images);
      copy(List.copyOf(work.values()), store, options.events());
    }
    for (VerifiedImage image : images) {
      Descriptor descriptor =
          Descriptor.of(MediaTypes.MANIFEST, image.digest(), image.bytes().size());
      store.putManifest(descriptor, image.bytes(), Optional.of(image.digest().toString()));
    }
    return images;
  }

  /** Verifies the images of some targets without importing them, and looks at each blob once. */
  void look(
      Reference url,
      VerifiedManifest manifest,
      List<Target> targets,
      BiConsumer<Descriptor, BlobSource> glance) {
    try (ImageSource source = find(url, targets.getFirst())) {
      admit(source, manifest, targets, new ArrayList<>())
          .values()
          .forEach(work -> glance.accept(work.blob(), source.blob(work.blob())));
    }
  }

  /** Admits the images of some targets; gives their blobs, each once. */
  private Map<Digest, Work> admit(
      ImageSource source,
      VerifiedManifest manifest,
      List<Target> targets,
      List<VerifiedImage> images) {
    Map<Digest, Work> work = new LinkedHashMap<>();
    for (Target target : targets) {
      Descriptor descriptor = Descriptor.of(MediaTypes.MANIFEST, target.digest(), target.size());
      Bytes bytes = source.manifest(descriptor);
      VerifiedImage image =
          gate.admit(
              manifest, target.serviceName(), source.location() + "@" + target.digest(), bytes);
      work.putIfAbsent(
          image.manifest().config().digest(), new Work(image.manifest().config(), source));
      image
          .manifest()
          .layers()
          .forEach(layer -> work.putIfAbsent(layer.digest(), new Work(layer, source)));
      images.add(image);
    }
    return work;
  }

  /** A blob to copy and where from. */
  record Work(Descriptor blob, ImageSource source) {}

  /** Copies blobs, as many at once as there are processors; the first failure ends the rest. */
  static void copy(List<Work> blobs, ImageDestination destination, EventSink events) {
    List<Descriptor> all = blobs.stream().map(Work::blob).toList();
    destination.reserve(all);
    // Those that wait for their turn count, too, where somebody wants to know how much is left.
    all.forEach(blob -> events.accept(new Event.BlobProgress(blob.digest(), 0, blob.size())));
    int threads = Math.max(1, Math.min(blobs.size(), Runtime.getRuntime().availableProcessors()));
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> copies = new ArrayList<>();
      for (Work work : blobs) {
        BlobSource source = work.source().blob(work.blob());
        copies.add(pool.submit(() -> destination.putBlob(work.blob(), source, events)));
      }
      try {
        for (Future<?> copy : copies) {
          copy.get();
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof MosException known
            ? known
            : new MosException(ErrorCode.INTERNAL, "cannot copy a blob: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MosException(ErrorCode.RESOURCE, "interrupted while copying", e);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  /**
   * The images are in the repository {@code mos} of the registry; a publisher whose REPO had a
   * prefix put them below it. The first place that knows the first image is the one; those that do
   * not let us look, as registries of many owners do with what is not ours, are passed over.
   */
  private ImageSource find(Reference url, Target first) {
    Repository named = url.repository();
    List<String> places = new ArrayList<>(List.of(IMAGES));
    for (int slash = named.name().indexOf('/');
        slash > 0;
        slash = named.name().indexOf('/', slash + 1)) {
      places.add(named.name().substring(0, slash + 1) + IMAGES);
    }
    List<String> tried = new ArrayList<>();
    MosException closed = null;
    for (String place : places) {
      Repository repository = new Repository(named.scheme(), named.location(), place);
      try {
        ImageSource source = plugins.transport(repository).source(repository, options);
        if (source.resolve(new Selector.ByDigest(first.digest())).isPresent()) {
          return source;
        }
        source.close();
      } catch (MosException e) {
        if (e.code() == ErrorCode.RESOURCE && !Thread.currentThread().isInterrupted()) {
          closed = closed == null ? e : closed;
        } else if (e.code() != ErrorCode.NOT_FOUND) {
          throw e;
        }
      }
      tried.add(repository.toString());
    }
    if (closed != null) {
      throw closed;
    }
    throw MosException.notFound(
        "image "
            + first.digest()
            + " of '"
            + first.serviceName()
            + "': not found in "
            + String.join(", ", tried));
  }
}
