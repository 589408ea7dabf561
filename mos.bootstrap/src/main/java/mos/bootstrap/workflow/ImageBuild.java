package mos.bootstrap.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import mos.formats.ImageManifestFormat;
import mos.formats.ResultFormat;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.image.Reference;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.mount.LayerBuilder;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.TransportOptions;

/**
 * {@code mosb image build}: an image whose layers are file systems with hash trees. The same input
 * gives the same digest.
 */
public final class ImageBuild {
  private static final long MAX_CONFIG = 1 << 20;

  private final PluginCatalog plugins;
  private final TransportOptions options;
  private final Steps steps;

  /** A build. */
  public ImageBuild(PluginCatalog plugins, TransportOptions options) {
    this.plugins = plugins;
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /**
   * Builds an image.
   *
   * @param layers directories and tar files, bottom first
   * @param config an OCI image configuration to use as it is; without it a minimal one
   * @param annotations of the image manifest
   * @return the image manifest's descriptor
   */
  public Descriptor run(
      Reference output,
      String format,
      Optional<Path> config,
      Map<String, String> annotations,
      List<Path> layers) {
    if (!(output.selector() instanceof Selector.Tag tag)) {
      throw new MosException(
          mos.spi.ErrorCode.USAGE, "--output: name a tag, not a digest: " + output);
    }
    LayerBuilder builder = plugins.layerBuilder(format);
    try (UndoLog temporary = new UndoLog();
        ImageDestination destination =
            plugins.transport(output.repository()).destination(output.repository(), options)) {
      Path work = temporaryDirectory(temporary);
      List<Descriptor> descriptors = new ArrayList<>();
      for (Path layer : layers) {
        Path file = work.resolve("layer-" + descriptors.size());
        temporary.push("remove " + file, () -> Files.deleteIfExists(file));
        LayerBuilder.BuiltLayer built =
            steps.run(
                "build layer " + layer, () -> builder.build(format, layer, file, options.events()));
        Descriptor descriptor = describe(built, file);
        destination.putBlob(descriptor, new FileBlob(file), options.events());
        descriptors.add(descriptor);
      }
      Bytes configuration = config.map(ImageBuild::read).orElseGet(() -> minimal(descriptors));
      Descriptor configDescriptor =
          Descriptor.of(MediaTypes.CONFIG, configuration.digest(), configuration.size());
      destination.putBlob(
          configDescriptor, new MemoryBlob("configuration", configuration), options.events());
      Bytes manifest =
          ImageManifestFormat.write(
              new ImageManifest(
                  Optional.empty(), configDescriptor, descriptors, Optional.empty(), annotations));
      Descriptor image = Descriptor.of(MediaTypes.MANIFEST, manifest.digest(), manifest.size());
      destination.putManifest(image, manifest, Optional.of(tag.tag()));
      destination.commit();
      return image;
    }
  }

  private static Path temporaryDirectory(UndoLog undo) {
    try {
      Path work = Files.createTempDirectory("mosb-image");
      undo.push("remove " + work, () -> Files.deleteIfExists(work));
      return work;
    } catch (IOException e) {
      throw MosException.io("cannot create a temporary directory", e);
    }
  }

  /**
   * The newer name of the root hash, and for squashfs the older one beside it, which the original
   * reads.
   */
  private static Descriptor describe(LayerBuilder.BuiltLayer built, Path file) {
    Map<String, String> annotations =
        new TreeMap<>(Map.of(MediaTypes.ROOT_HASH, built.rootHash().hex()));
    if (built.mediaType().startsWith(MediaTypes.SQUASHFS_LAYER)) {
      annotations.put(MediaTypes.OLD_ROOT_HASH, built.rootHash().hex());
    }
    return Descriptor.of(built.mediaType(), digest(file), built.size())
        .withAnnotations(annotations);
  }

  private static Digest digest(Path file) {
    MessageDigest sha256 = Digest.sha256();
    try (InputStream stream = new DigestInputStream(Files.newInputStream(file), sha256)) {
      byte[] buffer = new byte[256 << 10];
      int read = stream.read(buffer);
      while (read >= 0) {
        read = stream.read(buffer);
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
    return Digest.finish(sha256.digest());
  }

  private static Bytes read(Path file) {
    try {
      if (Files.size(file) > MAX_CONFIG) {
        throw MosException.invalid(file + ": is too large for an image configuration");
      }
      return Bytes.copyOf(Files.readAllBytes(file));
    } catch (IOException e) {
      throw MosException.io("cannot read the image configuration " + file, e);
    }
  }

  /** As little as the image specification allows: platform and what the layers are. */
  private static Bytes minimal(List<Descriptor> layers) {
    String architecture = System.getProperty("os.arch");
    List<String> ids = layers.stream().map(layer -> layer.digest().toString()).toList();
    Map<String, Object> config = new java.util.LinkedHashMap<>();
    config.put("architecture", architecture.equals("aarch64") ? "arm64" : architecture);
    config.put("os", "linux");
    config.put("config", Map.of());
    Map<String, Object> rootfs = new java.util.LinkedHashMap<>();
    rootfs.put("type", "layers");
    rootfs.put("diff_ids", ids);
    config.put("rootfs", rootfs);
    return ResultFormat.write(config);
  }

  /** A file that was just made. */
  private record FileBlob(Path path) implements BlobSource {
    @Override
    public String location() {
      return path.toString();
    }

    @Override
    public InputStream open(long offset) throws IOException {
      return Channels.newInputStream(FileChannel.open(path).position(offset));
    }

    @Override
    public Optional<Path> file() {
      return Optional.of(path);
    }
  }
}
