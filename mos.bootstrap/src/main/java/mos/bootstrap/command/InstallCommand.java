package mos.bootstrap.command;

import mos.bootstrap.workflow.Installation;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;

/** {@code mosctl install URL}. */
final class InstallCommand extends HostCommand {
  InstallCommand() {
    super("install", "Install a new system under the root; refused where one is installed.");
    url("1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Reference url = reference(parameter(0));
    Installation.Installed installed =
        new Installation(plugins, host(), transport(events)).run(url);
    return Result.of(
        "Installation",
        "installed " + String.join(", ", installed.plan().added()) + " from " + url,
        "revision",
        installed.revision(),
        "targets",
        installed.plan().added());
  }
}
