package mos.plugin.atomfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    List<String> arguments = new ArrayList<>(List.of(source.toString(), output.toString()));
    arguments.addAll(OPTIONS);
    arguments.addAll(List.of("-mkfs-time", date.fixed(), "-all-time", date.fixed()));
    if (!Caller.isRoot()) {
      arguments.add("-all-root");
    }
    Tool.MKSQUASHFS.run(arguments, Map.of(), Optional.empty(), Optional.empty());
  }

  @Override
  public void fromTar(TarSource source, String name, SourceDate date, Path work, Path output) {
    List<String> arguments = new ArrayList<>(List.of("-", output.toString(), "-tar"));
    arguments.addAll(OPTIONS);
    // A tar file's entry for the root is ignored by mksquashfs 4.5.
    arguments.addAll(
        List.of("-root-mode", Integer.toOctalString(TarRewrite.rootMode(source.survey()))));
    String newest = date.newest(source.survey().newest(), name);
    Tool.MKSQUASHFS.run(
        arguments,
        Map.of(SourceDate.VARIABLE, newest),
        Optional.of(source.tar()),
        Optional.empty());
  }
}
