package mos.bootstrap.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.SystemStatus;
import mos.bootstrap.workflow.SystemStatus.Running;
import mos.spi.ErrorCode;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.model.Target;

/** {@code mosctl status} and {@code mosctl verify}. */
final class StatusCommand extends HostCommand {
  private final boolean scan;

  private StatusCommand(String name, String description, boolean scan) {
    super(name, description);
    this.scan = scan;
  }

  static StatusCommand status() {
    return new StatusCommand(
        "status", "Show what is installed, what runs and what differs.", false);
  }

  static StatusCommand verify() {
    return new StatusCommand(
        "verify",
        "Read every block of every installed image and compare it with its root hash.",
        true);
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    return result(new SystemStatus(plugins, host(), events).look(scan), scan);
  }

  static Result result(SystemStatus.Status status, boolean scan) {
    List<Map<String, Object>> targets = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean damaged = false;
    for (SystemStatus.TargetStatus target : status.targets()) {
      targets.add(fields(target));
      text.append(line(target)).append('\n');
      damaged |= target.problem().isPresent();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("revision", status.revision());
    fields.put("targets", targets);
    text.append("revision ").append(status.revision());
    return new Result(
        scan ? "Verification" : "Status",
        fields,
        text.toString(),
        damaged ? ErrorCode.REFUSED.exitStatus() : 0);
  }

  private static Map<String, Object> fields(SystemStatus.TargetStatus target) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", target.name());
    fields.put("state", target.state());
    fields.put("manifest", target.source());
    target.target().ifPresent(found -> describe(fields, found));
    if (target.running() instanceof Running.Image(Digest digest)) {
      fields.put("running", digest);
    }
    if (target.running() instanceof Running.Unknown(String name)) {
      fields.put("runningName", name);
    }
    target.problem().ifPresent(problem -> fields.put("problem", problem));
    return fields;
  }

  private static void describe(Map<String, Object> fields, Target target) {
    fields.put("serviceType", target.serviceType());
    fields.put("version", target.version());
    fields.put("image", target.digest());
  }

  private static String line(SystemStatus.TargetStatus target) {
    String what =
        target
            .target()
            .map(
                found ->
                    found.serviceType() + " " + found.version() + " " + shortened(found.digest()))
            .orElse("?");
    String line = target.name() + ": " + target.state() + ", " + what;
    return line
        + (target.state().equals("outdated") ? ", runs " + running(target.running()) : "")
        + target.problem().map(p -> "; " + p).orElse("");
  }

  private static String running(Running running) {
    return switch (running) {
      case Running.Nothing() -> "nothing";
      case Running.Image(Digest digest) -> shortened(digest);
      case Running.Unknown(String name) -> name + ", whose image is not known";
    };
  }

  private static String shortened(Digest digest) {
    return digest.hex().substring(0, 12);
  }
}
