package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;

/**
 * The directory with the upper and work directories of a writable mount. They stay when the mount
 * goes.
 */
final class Scratch {
  private static final String UPPER = "upper";
  private static final String WORK = "work";
  private static final String UPPER_OPTION = "upperdir";

  private final Path directory;
  private final boolean fresh;
  private final String name;

  private Scratch(Path directory, boolean fresh, String name) {
    this.directory = directory;
    this.fresh = fresh;
    this.name = name;
  }

  /** Opens a scratch directory, creating what is missing of it. */
  static Scratch open(Path directory, UndoLog undo) {
    Directories.create(directory, undo);
    Path upper = directory.resolve(UPPER);
    boolean fresh = Directories.create(upper, undo);
    Directories.create(directory.resolve(WORK), undo);
    try {
      long device = (Long) Files.getAttribute(upper, "unix:dev");
      long inode = (Long) Files.getAttribute(upper, "unix:ino");
      return new Scratch(
          directory, fresh, "u" + Long.toHexString(device) + "-" + Long.toHexString(inode));
    } catch (IOException e) {
      throw MosException.io("cannot read " + upper, e);
    }
  }

  /** The directory itself. */
  Path directory() {
    return directory;
  }

  /**
   * What it is called where the overlay is made. It says which upper directory it is, so that the
   * kernel's mount table says so too.
   */
  String name() {
    return name;
  }

  /**
   * Two mounts over one upper directory destroy each other's files, and the kernel only warns of
   * it.
   *
   * @throws MosException BUSY when a mount uses this upper directory
   */
  void refuseSecondUse(MountTable table) {
    String option = UPPER_OPTION + "=" + upper();
    for (MountTable.Entry entry : table.entries()) {
      if (entry.type().equals("overlay")
          && (',' + entry.options() + ',').contains(',' + option + ',')) {
        throw new MosException(
            ErrorCode.BUSY,
            directory
                + ": what is written is kept here for the mount at "
                + entry.point()
                + " already; unmount that first, or mount read-only");
      }
    }
  }

  /** The root of the mount has the attributes of the upper directory: those of the image's root. */
  void takeAttributes(Path topLayer, Path placed) throws IOException {
    if (!fresh) {
      return;
    }
    Path upper = placed.resolve(UPPER);
    for (String attribute : new String[] {"unix:uid", "unix:gid", "unix:mode"}) {
      Files.setAttribute(upper, attribute, Files.getAttribute(topLayer, attribute));
    }
  }

  /**
   * Sets an overlay's options. An index would tie the upper directory to one image, and it is kept
   * over updates; files without their data have no use over layers that change.
   */
  void configure(Mount.Context overlay) {
    overlay
        .set(UPPER_OPTION, upper())
        .set("workdir", name + "/" + WORK)
        .set("index", "off")
        .set("metacopy", "off");
  }

  private String upper() {
    return name + "/" + UPPER;
  }
}
