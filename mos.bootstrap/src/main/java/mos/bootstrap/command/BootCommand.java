package mos.bootstrap.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.SystemStart;
import mos.spi.event.EventSink;

/** {@code mosctl boot}. */
final class BootCommand extends HostCommand {
  BootCommand() {
    super(
        "boot",
        "Start every service of the installed system; one that fails does not stop the others.");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    List<Map<String, Object>> services = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    int status = 0;
    for (SystemStart.Started started : new SystemStart(plugins, host(), events).run()) {
      String outcome =
          started
              .activation()
              .map(activation -> activation.outcome().name().toLowerCase(Locale.ROOT))
              .orElse("failed");
      String detail =
          started
              .failure()
              .map(failure -> String.valueOf(failure.getMessage()))
              .or(() -> started.activation().map(activation -> activation.detail()))
              .orElse("");
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("target", started.target());
      fields.put("outcome", outcome);
      fields.put("detail", detail);
      services.add(fields);
      lines.add(started.target() + ": " + outcome + "; " + detail);
      if (status == 0 && started.failure().isPresent()) {
        status = started.failure().get().code().exitStatus();
      }
    }
    return new Result("Start", Map.of("services", services), String.join("\n", lines), status);
  }
}
