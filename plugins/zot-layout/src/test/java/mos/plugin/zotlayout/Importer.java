package mos.plugin.zotlayout;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.formats.ImageManifestFormat;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.TransportOptions;

/**
 * Imports an image into a store, like an install does; as a program of its own where a test kills
 * it.
 */
final class Importer {
  static final TransportOptions OPTIONS =
      new TransportOptions(false, Optional.empty(), EventSink.NONE);

  private Importer() {}

  /**
   * Arguments: the store's directory and the images' references; {@code =} reads a byte before the
   * commit.
   */
  public static void main(String[] arguments) throws Exception {
    try (ImageDestination into = new LayoutStoreProvider().open(Path.of(arguments[0])).begin()) {
      for (String argument : List.of(arguments).subList(1, arguments.length)) {
        if (argument.equals("=")) {
          System.out.println("ready");
          if (System.in.read() < 0) {
            return;
          }
        } else {
          copy(argument, into);
        }
      }
      into.commit();
      System.out.println("done");
    }
  }

  static Descriptor copy(String image, ImageDestination into) throws Exception {
    Reference reference = Reference.parseSource(image);
    try (ImageSource from = new LayoutTransport().source(reference.repository(), OPTIONS)) {
      return copy(from, from.resolve(reference.selector()).orElseThrow(), into, Optional.empty());
    }
  }

  static Descriptor copy(
      ImageSource from, Descriptor descriptor, ImageDestination into, Optional<String> tag)
      throws Exception {
    Bytes bytes = from.manifest(descriptor);
    ImageManifest manifest = ImageManifestFormat.parse(bytes);
    List<Descriptor> blobs = new ArrayList<>(manifest.layers());
    blobs.add(manifest.config());
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<?>> copies = new ArrayList<>();
      for (Descriptor blob : blobs) {
        copies.add(threads.submit(() -> into.putBlob(blob, from.blob(blob), EventSink.NONE)));
      }
      for (Future<?> copy : copies) {
        copy.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    into.putManifest(descriptor, bytes, tag);
    return descriptor;
  }
}
