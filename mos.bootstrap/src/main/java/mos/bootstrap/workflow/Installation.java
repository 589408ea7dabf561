package mos.bootstrap.workflow;

import java.util.List;
import mos.formats.UserManifest;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Reference;
import mos.spi.model.ServiceType;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import mos.spi.store.TransportOptions;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedManifest;

/** {@code mosctl install}: a new system under a root that has none. */
public final class Installation {
  private final PluginCatalog plugins;
  private final Host host;
  private final TransportOptions options;
  private final Steps steps;

  /** An installation onto {@code host}. */
  public Installation(PluginCatalog plugins, Host host, TransportOptions options) {
    this.plugins = plugins;
    this.host = host;
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /**
   * What was installed.
   *
   * @param revision the system's first revision
   * @param plan what it consists of
   */
  public record Installed(String revision, UpgradePlan plan) {}

  /** Fetch, verify, lock, import, verify, commit: in that order. */
  public Installed run(Reference url) {
    return run(url, accept(url));
  }

  /** Fetch, verify: the first half of {@link #run(Reference)}. */
  VerifiedManifest accept(Reference url) {
    VerifiedManifest manifest =
        new FetchManifest(plugins, options).verified(url, host.gate(plugins), host.product());
    check(manifest);
    return manifest;
  }

  /**
   * Lock, import, verify, commit: the second half of {@link #run(Reference)}.
   *
   * @param url where the images are
   * @param manifest what {@link #accept} gave
   */
  Installed run(Reference url, VerifiedManifest manifest) {
    VerificationGate gate = host.gate(plugins);
    try (WritableSystemState state =
        plugins.states().write(host.directories().config(), "mosctl install")) {
      if (state.current().isPresent()) {
        throw new MosException(
            ErrorCode.USAGE,
            host.directories().config()
                + ": a system is installed there; use mosctl update to change it");
      }
      try (ImageStore store = plugins.store().open(host.directories().store());
          ImageDestination additions = store.begin()) {
        List<Target> targets = manifest.manifest().targets();
        steps.run(
            "import images",
            () -> new ImportImages(plugins, options, gate).into(additions, url, manifest, targets));
        UpgradePlan plan = plugins.upgrader().install(manifest);
        steps.run("flush store", additions::commit);
        String revision =
            steps.run(
                "commit system", () -> state.commit(plan.next(), plan.sources(), "install " + url));
        return new Installed(revision, plan);
      }
    }
  }

  /** Refuses what cannot be a first system. */
  private void check(VerifiedManifest manifest) {
    checkTypes(plugins, manifest);
    List<Target> targets = manifest.manifest().targets();
    if (targets.stream().noneMatch(target -> target.serviceType().equals(ServiceType.HOSTFS))) {
      throw MosException.invalid(
          manifest.origin() + ": targets: a system needs a target of type hostfs");
    }
    if (manifest.manifest().updateType() != UpdateType.COMPLETE) {
      throw MosException.invalid(
          manifest.origin()
              + ": update_type: a first install needs a complete manifest, this one is partial");
    }
  }

  /** Refuses service types that mean nothing to this program. */
  static void checkTypes(PluginCatalog plugins, VerifiedManifest manifest) {
    try {
      UserManifest.checkTypes(
          manifest.manifest().targets().stream().map(Target::serviceType).toList(),
          plugins.knownTypes());
    } catch (InvalidFieldException e) {
      throw MosException.invalid(manifest.origin() + ": " + e.getMessage());
    }
  }
}
