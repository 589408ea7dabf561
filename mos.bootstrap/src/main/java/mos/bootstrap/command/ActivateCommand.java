package mos.bootstrap.command;

import java.util.Locale;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.ServiceActivation;
import mos.linux.Command;
import mos.spi.activate.Activation;
import mos.spi.event.EventSink;

/** {@code mosctl activate [-t TARGET]}. */
final class ActivateCommand extends HostCommand {
  ActivateCommand() {
    super("activate", "Start a service, or restart it if its image changed.");
    value("NAME", "The target; default hostfs.", "--target", "-t");
    flag("With hostfs: reboot into it.", "--reboot");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    String target = text("--target").orElse("hostfs");
    ServiceActivation.Activated activated =
        new ServiceActivation(plugins, host(), events).run(target);
    if (activated.activation().isEmpty()) {
      return reboot(target);
    }
    Activation activation = activated.activation().get();
    String outcome = activation.outcome().name().toLowerCase(Locale.ROOT);
    return Result.of(
        "Activation",
        target + ": " + outcome + "; " + activation.detail(),
        "target",
        target,
        "outcome",
        outcome,
        "detail",
        activation.detail());
  }

  private Result reboot(String target) {
    boolean now = isSet("--reboot");
    if (now) {
      Command.of("systemd", "systemctl", "reboot").run();
    }
    return result(target, now);
  }

  static Result result(String target, boolean now) {
    String outcome = now ? "rebooting" : "reboot-needed";
    String detail =
        now ? "the machine reboots into it" : "a reboot activates it; say --reboot to reboot now";
    return Result.of(
        "Activation",
        target + ": " + detail,
        "target",
        target,
        "outcome",
        outcome,
        "detail",
        detail);
  }
}
