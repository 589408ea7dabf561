package mos.bootstrap.command;

import java.nio.file.Path;
import mos.bootstrap.workflow.FirmwareExport;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;

/** {@code mosb firmware keys KEYSET DIR}. */
final class FirmwareCommand extends Command {
  FirmwareCommand() {
    super(
        "keys",
        "Write a keyset's certificates as firmware enrolls them, and the PCR 7 that follows from them.");
    parameter("KEYSET", "The keyset.", "1");
    parameter("DIR", "Directory for PK, KEK and db as .auth and .esl.", "1");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    Path directory = path("DIR", parameter(1));
    Digest pcr7 =
        new FirmwareExport(plugins, plugins.keysets().open(KeysetCommands.directory()))
            .run(parameter(0), directory);
    return Result.of(
        "FirmwareKeys",
        directory + "\nPCR 7 of a production boot: " + pcr7.hex(),
        "directory",
        directory,
        "pcr7",
        pcr7.hex());
  }
}
