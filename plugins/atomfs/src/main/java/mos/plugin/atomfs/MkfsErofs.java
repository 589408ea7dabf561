package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.MediaTypes;

/**
 * Makes erofs with lz4hc by {@code mkfs.erofs} (erofs-utils 1.5 or later). That version reads
 * directories only: a tar file is unpacked first, by GNU tar into a directory that nobody else can
 * enter.
 */
record MkfsErofs() implements FilesystemTool {
  private static final List<String> OPTIONS =
      List.of("--quiet", "-zlz4hc,9", "-x2", "-U00000000-0000-0000-0000-000000000000");

  @Override
  public String mediaType() {
    return MediaTypes.EROFS_LAYER + "+lz4hc";
  }

  @Override
  public void fromDirectory(Path source, SourceDate date, Path output) {
    List<String> arguments = new ArrayList<>(OPTIONS);
    arguments.add("-T" + date.fixed());
    if (!Caller.isRoot()) {
      arguments.add("--all-root");
    }
    arguments.addAll(List.of(output.toString(), source.toString()));
    Tool.MKFS_EROFS.run(arguments, Map.of(), Optional.empty(), Optional.empty());
  }

  @Override
  public void fromTar(TarSource source, String name, SourceDate date, Path work, Path output)
      throws IOException {
    if (!Caller.isRoot()) {
      throw new MosException(
          ErrorCode.RESOURCE,
          name
              + ": only root can make an erofs layer from a tar file and keep its owners; run as"
              + " root, or make a squashfs layer");
    }
    Path tree = Files.createDirectory(work.resolve("tree"));
    Tool.TAR.run(
        List.of(
            "--extract",
            "--numeric-owner",
            "--same-owner",
            "--same-permissions",
            "--delay-directory-restore",
            "--xattrs",
            "--xattrs-include=*",
            "--directory=" + tree),
        Map.of(),
        Optional.of(source.tar()),
        Optional.empty());
    List<String> arguments = new ArrayList<>(OPTIONS);
    arguments.addAll(List.of("--preserve-mtime", output.toString(), tree.toString()));
    String newest = date.newest(source.survey().newest(), name);
    Tool.MKFS_EROFS.run(
        arguments, Map.of(SourceDate.VARIABLE, newest), Optional.empty(), Optional.empty());
  }
}
