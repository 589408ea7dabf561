package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import mos.linux.DirectoryTree;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.RootHash;
import mos.spi.mount.LayerBuilder;

/**
 * Makes squashfs and erofs layers from directories and tar files and appends their hash trees.
 * Times, order and number of processors leave no trace (ADR 0016, 0017). The layer appears at once
 * when it is complete.
 */
public final class VerityLayerBuilder implements LayerBuilder {
  private static final Map<String, FilesystemTool> TOOLS =
      Map.of("squashfs", new Mksquashfs(), "erofs", new MkfsErofs());

  private final Map<String, String> environment;

  /** For {@link java.util.ServiceLoader}; {@code SOURCE_DATE_EPOCH} comes from the environment. */
  public VerityLayerBuilder() {
    this(System.getenv());
  }

  VerityLayerBuilder(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Set<String> formats() {
    return TOOLS.keySet();
  }

  @Override
  public BuiltLayer build(String format, Path source, Path output, EventSink events) {
    FilesystemTool tool = TOOLS.get(format);
    if (tool == null) {
      throw new MosException(
          ErrorCode.USAGE, "format '" + format + "' is none of squashfs and erofs");
    }
    SourceDate date = SourceDate.of(environment);
    Path target = output.toAbsolutePath();
    try {
      Path real = source(source, target);
      Path work = Files.createTempDirectory(directory(target), ".layer-");
      try {
        return build(tool, real, date, work, target, events);
      } finally {
        DirectoryTree.remove(work);
      }
    } catch (IOException e) {
      throw MosException.io("cannot make a layer from " + source, e);
    }
  }

  private static BuiltLayer build(
      FilesystemTool tool, Path source, SourceDate date, Path work, Path target, EventSink events)
      throws IOException {
    Path image = work.resolve("layer");
    if (Files.isDirectory(source)) {
      if (!Caller.isRoot()) {
        events.accept(
            new Event.Note(source + ": not run by root, so every file of the layer is root's"));
      }
      tool.fromDirectory(source, date, image);
    } else {
      tool.fromTar(TarSource.prepare(source, work), source.toString(), date, work, image);
    }
    RootHash root;
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      root = VerityFormat.append(channel, "the file system made from " + source);
    }
    long size = Files.size(image);
    Files.move(image, target);
    return new BuiltLayer(tool.mediaType(), size, root);
  }

  /** The real path of a source that a layer can be made from. */
  private static Path source(Path source, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new MosException(ErrorCode.USAGE, target + " exists already");
    }
    if (!Files.exists(source)) {
      throw MosException.notFound(source + ": there is no such directory or tar file");
    }
    Path real = source.toRealPath();
    if (!Files.isDirectory(real) && !Files.isRegularFile(real)) {
      throw MosException.invalid(source + ": a layer is made from a directory or a tar file");
    }
    if (Files.isDirectory(real) && directory(target).toRealPath().startsWith(real)) {
      throw MosException.invalid(target + ": a layer cannot be written into its own source");
    }
    return real;
  }

  private static Path directory(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }
}
