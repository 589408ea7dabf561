package mos.spi.activate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.spi.event.EventSink;
import mos.spi.model.HostDirectories;
import mos.spi.model.IdRange;
import mos.spi.model.Storage;
import mos.spi.mount.MountedImage;
import mos.spi.verify.VerifiedImage;

/** What an activator may use of the host; made by mos for one activation. */
public interface ActivationContext {
  /** The host's directories. */
  HostDirectories host();

  /** The user ids of the target's namespace group; empty for the host's own. */
  Optional<IdRange> ids();

  /** The system's volumes. */
  List<Storage> volumes();

  /**
   * Mounts the image, verified.
   *
   * @param writable where upper and work directories are kept; empty for a read-only mount
   */
  MountedImage mount(VerifiedImage image, Path destination, Optional<Path> writable);

  /** What is mounted at a place. */
  Optional<MountedImage> mounted(Path destination);

  /** Undoes {@link #mount}; does nothing when nothing is mounted there. */
  void unmount(Path destination);

  /** Where to report. */
  EventSink events();
}
