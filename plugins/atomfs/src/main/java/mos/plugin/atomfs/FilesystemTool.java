package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Makes the file system of a layer, without hash tree. The same input gives the same bytes. */
sealed interface FilesystemTool permits Mksquashfs, MkfsErofs {
  /** How long a program may take: only so long that a hanging one does not stay for ever. */
  Duration LIMIT = Duration.ofHours(12);

  /** The media type of the layers it makes. */
  String mediaType();

  /**
   * Makes a file system from a directory. Every file gets the fixed time of {@code date}.
   *
   * @param output a file that does not exist
   */
  void fromDirectory(Path source, SourceDate date, Path output);

  /**
   * Makes a file system from a tar file. Files keep their times, as far as {@code date} lets them.
   *
   * @param name the tar file as the user named it, for messages
   * @param work a directory for intermediate files
   * @param output a file that does not exist
   */
  void fromTar(TarSource source, String name, SourceDate date, Path work, Path output)
      throws IOException;
}
