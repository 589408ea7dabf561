package mos.plugin.atomfs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.linux.MountTable;
import mos.spi.image.Layer;
import mos.spi.model.Digest;
import mos.spi.mount.MountedImage;

/**
 * How a mount of ours says what it is: its source in the kernel's mount table is {@code
 * mos:rw:<image digest>}. There is no record beside the mount table that could tell something else.
 */
final class Molecule {
  private static final String PREFIX = "mos:";
  private static final String WRITABLE = "rw";
  private static final String READ_ONLY = "ro";
  private static final Pattern SOURCE = Pattern.compile(PREFIX + "(rw|ro):([0-9a-f]{64})");

  private Molecule() {}

  /** The source of an overlay. */
  static String source(Digest image, boolean writable) {
    return PREFIX + (writable ? WRITABLE : READ_ONLY) + ":" + image.hex();
  }

  /** What an entry of the mount table says, if it is ours. */
  static Optional<MountedImage> read(MountTable.Entry entry) {
    Matcher source = SOURCE.matcher(entry.source());
    if (!entry.type().equals("overlay") || !source.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new MountedImage(
            entry.point(), new Digest(source.group(2)), WRITABLE.equals(source.group(1))));
  }

  /**
   * What is mounted at a place, if it is ours. A bind of another mount counts: it shows the same
   * image.
   */
  static Optional<MountedImage> at(MountTable table, Path point) {
    return table.at(point).flatMap(Molecule::read);
  }

  /** Whether a layer is one that this plugin mounts. */
  static boolean isOurs(Layer layer) {
    return supports(layer.descriptor().mediaType());
  }

  static boolean supports(String mediaType) {
    return mediaType.startsWith(mos.spi.image.MediaTypes.SQUASHFS_LAYER)
        || mediaType.startsWith(mos.spi.image.MediaTypes.EROFS_LAYER);
  }
}
