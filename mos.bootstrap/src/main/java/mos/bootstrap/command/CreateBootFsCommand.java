package mos.bootstrap.command;

import java.nio.file.Path;
import mos.bootstrap.workflow.Host;
import mos.bootstrap.workflow.MountTarget;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.event.EventSink;

/** {@code mosctl create-boot-fs}. */
final class CreateBootFsCommand extends HostCommand {
  CreateBootFsCommand() {
    super("create-boot-fs", "In the initrd: mount the installed system's root file system.");
    value("DIR", "Where; default ROOT/sysroot.", "--dest");
    flag("Mount it read-only.", "--readonly", "--ro");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Host host = host();
    Path destination = path("--dest").orElse(host.directories().root().resolve("sysroot"));
    return MountCommand.result(
        new MountTarget(plugins, host, events).boot(destination, isSet("--readonly")));
  }
}
