package mos.bootstrap.workflow;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import mos.spi.model.Digest;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.verify.VerifiedManifest;

/** Plans first systems. */
final class FirstUpgrader implements Upgrader {
  @Override
  public UpgradePlan install(VerifiedManifest manifest) {
    List<String> names = manifest.manifest().targets().stream().map(Target::serviceName).toList();
    SystemManifest next =
        new SystemManifest(
            List.of(),
            names.stream().map(name -> new SystemTarget(name, manifest.digest())).toList(),
            List.of());
    return new UpgradePlan(next, List.of(manifest), names, List.of(), List.of(), List.of());
  }

  @Override
  public UpgradePlan update(
      SystemManifest current,
      Collection<VerifiedManifest> installed,
      VerifiedManifest next,
      Set<Digest> earlier,
      Downgrade downgrade) {
    throw new AssertionError("nothing that is tested updates");
  }
}
