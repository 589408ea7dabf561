package mos.bootstrap.command;

import java.nio.file.Path;
import mos.bootstrap.workflow.MountTarget;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.event.EventSink;

/** {@code mosctl umount DEST}. */
final class UmountCommand extends HostCommand {
  UmountCommand() {
    super("umount", "Undo a mount and leave nothing behind; done where nothing is mounted.");
    parameter("DEST", "Where it is mounted.", "1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Path destination = path("DEST", parameter(0));
    new MountTarget(plugins, host(), events).unmount(destination);
    return Result.of("Unmount", "", "destination", destination);
  }
}
