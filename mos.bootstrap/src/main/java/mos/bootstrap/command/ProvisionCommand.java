package mos.bootstrap.command;

import java.nio.file.Path;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.Provision;
import mos.spi.event.EventSink;

/** {@code mosctl provision}. */
final class ProvisionCommand extends Command {
  ProvisionCommand() {
    super(
        "provision",
        "Seal an identity and a fresh key for the volumes in this machine's TPM; a provisioned"
            + " machine is refused.");
    required(
        "DIR", "The identity: cert.pem and privkey.pem, as mosb sudi add makes them.", "--sudi");
    value("FILE", "Policies for the keys; default /mos/policies.json.", "--policies");
    value(
        "FILE",
        "Policies for the TPM's administration; default /mos/admin-policies.json.",
        "--admin-policies");
    flag("Provision a provisioned machine again; what its disk holds is lost.", "--force");
    flag("Firmware without secure boot will do: for tests, not for machines.", "--insecure");
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    new Provision(plugins, events)
        .run(
            path("--sudi").orElseThrow(),
            path("--policies").orElse(Path.of("/mos/policies.json")),
            path("--admin-policies").orElse(Provision.ADMIN_POLICIES),
            isSet("--force"),
            isSet("--insecure"));
    return result();
  }

  static Result result() {
    return Result.of("Provision", "provisioned", "provisioned", true);
  }
}
