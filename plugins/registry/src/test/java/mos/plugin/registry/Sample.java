package mos.plugin.registry;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import mos.formats.ImageManifestFormat;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;

/** An image to push: a configuration and layers of chance. */
final class Sample {
  private final List<Bytes> blobs = new ArrayList<>();
  private final ImageManifest manifest;
  private final Bytes bytes;

  private Sample(Optional<String> type, Optional<Descriptor> subject, List<Bytes> layers) {
    Bytes config = Bytes.utf8("{\"architecture\":\"amd64\",\"os\":\"linux\"}");
    blobs.add(config);
    blobs.addAll(layers);
    manifest =
        new ImageManifest(
            type,
            Descriptor.of(MediaTypes.CONFIG, config.digest(), config.size()),
            layers.stream().map(l -> Descriptor.of(MediaTypes.TAR, l.digest(), l.size())).toList(),
            subject,
            Map.of());
    bytes = ImageManifestFormat.write(manifest);
  }

  /** An image with layers of these sizes. */
  static Sample image(long seed, int... sizes) {
    Random random = new Random(seed);
    List<Bytes> layers = new ArrayList<>();
    for (int size : sizes) {
      byte[] layer = new byte[size];
      random.nextBytes(layer);
      layers.add(Bytes.copyOf(layer));
    }
    return new Sample(Optional.empty(), Optional.empty(), layers);
  }

  /** Something that is attached to a manifest. */
  static Sample attached(String type, Descriptor subject, String content) {
    return new Sample(Optional.of(type), Optional.of(subject), List.of(Bytes.utf8(content)));
  }

  Descriptor descriptor() {
    return Descriptor.of(MediaTypes.MANIFEST, bytes.digest(), bytes.size());
  }

  Bytes bytes() {
    return bytes;
  }

  Descriptor layer(int i) {
    return manifest.layers().get(i);
  }

  Bytes content(int i) {
    return blobs.get(i + 1);
  }

  /** Puts everything, and commits. */
  void push(ImageDestination destination, Optional<String> tag) {
    List<Descriptor> parts = new ArrayList<>(List.of(manifest.config()));
    parts.addAll(manifest.layers());
    for (int i = 0; i < parts.size(); i++) {
      destination.putBlob(parts.get(i), memory(blobs.get(i)), EventSink.NONE);
    }
    destination.putManifest(descriptor(), bytes, tag);
    destination.commit();
  }

  static BlobSource memory(Bytes content) {
    return new BlobSource() {
      @Override
      public String location() {
        return "memory";
      }

      @Override
      public InputStream open(long offset) {
        ByteArrayInputStream in = new ByteArrayInputStream(content.toArray());
        long skipped = in.skip(offset);
        if (skipped != offset) {
          throw new IllegalArgumentException("offset " + offset);
        }
        return in;
      }
    };
  }
}
