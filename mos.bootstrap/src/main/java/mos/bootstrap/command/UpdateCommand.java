package mos.bootstrap.command;

import java.util.ArrayList;
import java.util.List;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.SystemUpdate;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;

/** {@code mosctl update URL}. */
final class UpdateCommand extends HostCommand {
  UpdateCommand() {
    super(
        "update",
        "Update the installed system, completely or partially as the manifest says; activates nothing.");
    flag("Accept a manifest that is older than what is installed.", "--allow-downgrade");
    url("1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Upgrader.Downgrade downgrade =
        isSet("--allow-downgrade") ? Upgrader.Downgrade.ALLOW : Upgrader.Downgrade.REFUSE;
    Reference url = reference(parameter(0));
    SystemUpdate.Updated updated =
        new SystemUpdate(plugins, host(), transport(events, url.repository())).run(url, downgrade);
    UpgradePlan plan = updated.plan();
    return Result.of(
        "Update",
        updated.revision().isEmpty() ? "nothing new" : words(plan),
        "changed",
        updated.revision().isPresent(),
        "revision",
        updated.revision().orElse(""),
        "added",
        plan.added(),
        "replaced",
        plan.changed(),
        "removed",
        plan.removed(),
        "kept",
        plan.kept());
  }

  private static String words(UpgradePlan plan) {
    List<String> words = new ArrayList<>();
    add(words, "added", plan.added());
    add(words, "changed", plan.changed());
    add(words, "removed", plan.removed());
    add(words, "kept", plan.kept());
    return String.join("; ", words) + "\nnothing was activated; mosctl status shows what differs";
  }

  private static void add(List<String> words, String what, List<String> names) {
    if (!names.isEmpty()) {
      words.add(what + " " + String.join(", ", names));
    }
  }
}
