package mos.plugin.gitupgrade;

import static mos.plugin.gitupgrade.Manifests.complete;
import static mos.plugin.gitupgrade.Manifests.target;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.VerifiedManifest;

/** A program that makes a version of a system the installed one; tests kill it. */
final class WriterProcess {
  private WriterProcess() {}

  /** The manifest of a version. */
  static VerifiedManifest manifest(String version) {
    return complete(target("hostfs", version), target("web", version, "g"));
  }

  /** What version is installed, if any. */
  static Optional<String> version(Optional<InstalledSystem> system) {
    return system.map(
        found -> {
          String text =
              found.document(found.manifest().targets().getFirst().source()).bytes().text();
          return text.contains("version=1,") && text.contains("hostfs, version=1") ? "1" : "2";
        });
  }

  /** Commits a version. */
  static void commit(Path config, String version) {
    VerifiedManifest next = manifest(version);
    Upgrader upgrader = new ManifestUpgrader();
    try (WritableSystemState state = new GitStateProvider().write(config, "a writer")) {
      Optional<InstalledSystem> current = state.current();
      UpgradePlan plan =
          current.isEmpty()
              ? upgrader.install(next)
              : upgrader.update(
                  current.get().manifest(),
                  Set.of(manifest(version(current).orElseThrow())),
                  next,
                  Set.of(),
                  Upgrader.Downgrade.REFUSE);
      state.commit(plan.next(), plan.sources(), "version " + version);
    }
  }

  public static void main(String[] arguments) {
    commit(Path.of(arguments[0]), arguments[1]);
  }
}
