package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.formats.ImageManifestFormat;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Repository;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;

/** Images for tests, and what a directory looks like. */
final class Images {
  static final String LAYER = "application/vnd.stacker.image.layer.squashfs+zstd";

  private Images() {}

  /** An image that is not anywhere yet. */
  record Image(Bytes config, List<Bytes> layers, Bytes manifest) {
    Descriptor descriptor() {
      return describe(MediaTypes.MANIFEST, manifest);
    }

    void put(ImageDestination into, Optional<String> tag) {
      for (Bytes layer : layers) {
        into.putBlob(describe(LAYER, layer), source(layer), EventSink.NONE);
      }
      into.putBlob(describe(MediaTypes.CONFIG, config), source(config), EventSink.NONE);
      into.putManifest(descriptor(), manifest, tag);
    }
  }

  static Image image(int seed, int... sizes) {
    Bytes config =
        Bytes.utf8(
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\""
                + seed
                + "\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
    List<Bytes> layers = new ArrayList<>();
    for (int size : sizes) {
      layers.add(random(seed + layers.size(), size));
    }
    ImageManifest manifest =
        new ImageManifest(
            Optional.empty(),
            describe(MediaTypes.CONFIG, config),
            layers.stream().map(layer -> describe(LAYER, layer)).toList(),
            Optional.empty(),
            Map.of());
    return new Image(config, layers, ImageManifestFormat.write(manifest));
  }

  /** An artifact that is attached to a manifest. */
  static Image artifact(String type, Descriptor subject, String content) {
    Bytes empty = Bytes.utf8("{}");
    Bytes layer = Bytes.utf8(content);
    ImageManifest manifest =
        new ImageManifest(
            Optional.of(type),
            describe(MediaTypes.EMPTY, empty),
            List.of(describe(MediaTypes.TAR, layer)),
            Optional.of(subject),
            Map.of("note", content));
    return new Image(empty, List.of(layer), ImageManifestFormat.write(manifest));
  }

  static Bytes random(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  static Descriptor describe(String type, Bytes bytes) {
    return Descriptor.of(type, bytes.digest(), bytes.size());
  }

  static BlobSource source(Bytes bytes) {
    return new BlobSource() {
      @Override
      public String location() {
        return "test source";
      }

      @Override
      public java.io.InputStream open(long offset) throws IOException {
        java.io.InputStream in = bytes.stream();
        in.skipNBytes(offset);
        return in;
      }
    };
  }

  static BlobSource file(Path file) {
    return new BlobSource() {
      @Override
      public String location() {
        return file.toString();
      }

      @Override
      public java.io.InputStream open(long offset) {
        throw new AssertionError("a local file is copied by the kernel");
      }

      @Override
      public Optional<Path> file() {
        return Optional.of(file);
      }
    };
  }

  /** A plain layout with one image, written without the code under test. */
  static Path layout(Path directory, String tag, Image image) throws IOException {
    Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    for (Bytes blob : Stream.concat(image.layers().stream(), Stream.of(image.config())).toList()) {
      Files.write(blobs.resolve(blob.digest().hex()), blob.toArray());
    }
    Files.write(blobs.resolve(image.manifest().digest().hex()), image.manifest().toArray());
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}\n");
    Files.writeString(directory.resolve("index.json"), index(entry(image.descriptor(), tag)));
    return directory;
  }

  static String index(String... entries) {
    return "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}";
  }

  static String entry(Descriptor manifest, String tag) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"annotations\":{\"%s\":\"%s\"}}"
        .formatted(
            manifest.mediaType(), manifest.digest(), manifest.size(), MediaTypes.REF_NAME, tag);
  }

  static Repository repository(Path root, String name) {
    return new Repository(Repository.OCI, root.toString(), name);
  }

  /** Every path below a directory with the digest of its content. */
  static Map<String, String> tree(Path directory) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        paths.forEach(path -> tree.put(directory.relativize(path).toString(), content(path)));
      }
    }
    return tree;
  }

  private static String content(Path path) {
    try {
      return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          ? HexFormat.of().formatHex(Digest.sha256().digest(Files.readAllBytes(path)))
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
