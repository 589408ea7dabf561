package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.boot.BootkitBuilder;

/**
 * The medium that this machine was started from: its second partition. Nothing on it is trusted.
 */
final class Medium {
  private Medium() {}

  /** Mounts it read-only at {@link BootMode#MEDIUM}. */
  static Path mount(PluginCatalog plugins, UndoLog undo) {
    Optional<Path> device = plugins.disks().findMedium(BootkitBuilder.MEDIUM);
    Path place = BootMode.MEDIUM;
    plugins
        .disks()
        .mountMedium(
            device.orElseThrow(
                () ->
                    MosException.notFound(
                        "no partition or disc is named '"
                            + BootkitBuilder.MEDIUM
                            + "': is the medium that this was started from still there?")),
            place);
    undo.push("unmount " + place, () -> plugins.disks().unmount(place));
    return place;
  }
}
