package mos.plugin.atomfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.linux.Command;
import mos.spi.image.MediaTypes;

/**
 * Makes squashfs with zstd by {@code mksquashfs} (squashfs-tools 4.5 or later). What influences the
 * bytes is given explicitly, defaults included.
 */
record Mksquashfs() implements FilesystemTool {
  private static final List<String> OPTIONS =
      List.of(
          "-noappend",
          "-no-recovery",
          "-no-progress",
          "-quiet",
          "-exit-on-error",
          "-reproducible",
          "-xattrs",
          "-comp",
          "zstd",
          "-Xcompression-level",
          "15",
          "-b",
          "131072");

  @Override
  public String mediaType() {
    return MediaTypes.SQUASHFS_LAYER + "+zstd";
  }

  @Override
  public void fromDirectory(Path source, SourceDate date, Path output) {
    List<Object> arguments = new ArrayList<>(List.of(source, output));
    arguments.addAll(OPTIONS);
    arguments.addAll(List.of("-mkfs-time", date.fixed(), "-all-time", date.fixed()));
    if (!Caller.isRoot()) {
      arguments.add("-all-root");
    }
    command(arguments).run();
  }

  @Override
  public void fromTar(TarSource source, String name, SourceDate date, Path work, Path output) {
    List<Object> arguments = new ArrayList<>(List.of("-", output, "-tar"));
    arguments.addAll(OPTIONS);
    // A tar file's entry for the root is ignored by mksquashfs 4.5.
    arguments.addAll(
        List.of("-root-mode", Integer.toOctalString(TarRewrite.rootMode(source.survey()))));
    command(arguments)
        .with(SourceDate.VARIABLE, date.newest(source.survey().newest(), name))
        .input(source.tar())
        .run();
  }

  private static Command command(List<Object> arguments) {
    return Command.of("squashfs-tools", "mksquashfs", arguments.toArray()).limit(LIMIT);
  }
}
