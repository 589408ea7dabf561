package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.linux.Command;
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
    List<Object> arguments = new ArrayList<>(OPTIONS);
    arguments.add("-T" + date.fixed());
    if (!Caller.isRoot()) {
      arguments.add("--all-root");
    }
    arguments.addAll(List.of(output, source));
    command(arguments).run();
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
    unpack(source.tar(), tree);
    List<Object> arguments = new ArrayList<>(OPTIONS);
    arguments.addAll(List.of("--preserve-mtime", output, tree));
    command(arguments).with(SourceDate.VARIABLE, date.newest(source.survey().newest(), name)).run();
  }

  private static void unpack(Path tar, Path tree) {
    Command.of(
            "tar",
            "tar",
            "--extract",
            "--numeric-owner",
            "--same-owner",
            "--same-permissions",
            "--delay-directory-restore",
            "--xattrs",
            "--xattrs-include=*",
            "--directory=" + tree)
        // In another locale tar would rewrite names that pax headers give in UTF-8.
        .with("LC_ALL", "C.UTF-8")
        .input(tar)
        .limit(LIMIT)
        .run();
  }

  private static Command command(List<Object> arguments) {
    return Command.of("erofs-utils", "mkfs.erofs", arguments.toArray()).limit(LIMIT);
  }
}
