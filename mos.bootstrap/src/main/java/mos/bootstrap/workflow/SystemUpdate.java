package mos.bootstrap.workflow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.image.Reference;
import mos.spi.model.Digest;
import mos.spi.model.SystemTarget;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import mos.spi.store.TransportOptions;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.Purpose;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedManifest;

/** {@code mosctl update}: the installed system becomes what a manifest says. Activates nothing. */
public final class SystemUpdate {
  private static final int HISTORY = 1000;

  private final PluginCatalog plugins;
  private final Host host;
  private final TransportOptions options;
  private final Steps steps;

  /** An update of {@code host}. */
  public SystemUpdate(PluginCatalog plugins, Host host, TransportOptions options) {
    this.plugins = plugins;
    this.host = host;
    this.options = options;
    this.steps = new Steps(options.events());
  }

  /**
   * What an update did.
   *
   * @param revision the new revision; empty when there was nothing new
   * @param plan what differs
   */
  public record Updated(Optional<String> revision, UpgradePlan plan) {}

  /** Fetch, verify, lock, verify what is installed, plan, import, verify, commit: in that order. */
  public Updated run(Reference url, Upgrader.Downgrade downgrade) {
    VerificationGate gate = host.gate(plugins);
    Optional<UUID> product = host.product();
    SignedDocument document =
        steps.run("fetch manifest", () -> new FetchManifest(plugins, options).from(url));
    VerifiedManifest manifest =
        steps.run("verify manifest", () -> gate.admit(document, Purpose.ACCEPT, product));
    Installation.checkTypes(plugins, manifest);
    try (WritableSystemState state =
        plugins.states().write(host.directories().config(), "mosctl update")) {
      VerifiedSystem current =
          new VerifiedSystem(state.current().orElseThrow(() -> Systems.none(host)), gate, product);
      List<VerifiedManifest> installed = steps.run("verify installed system", current::manifests);
      UpgradePlan plan =
          plugins
              .upgrader()
              .update(current.manifest(), installed, manifest, earlier(state, current), downgrade);
      try (ImageStore store = plugins.store().open(host.directories().store());
          ImageDestination additions = store.begin()) {
        steps.run(
            "import images",
            () ->
                new ImportImages(plugins, options, gate)
                    .into(additions, url, manifest, manifest.manifest().targets()));
        if (plan.next().equals(current.manifest())) {
          steps.run("flush store", additions::commit);
          options
              .events()
              .accept(new Event.Note("nothing to do: the system is what this manifest says"));
          return new Updated(Optional.empty(), plan);
        }
        steps.run("flush store", additions::commit);
        String revision =
            steps.run(
                "commit system", () -> state.commit(plan.next(), plan.sources(), "update " + url));
        return new Updated(Optional.of(revision), plan);
      }
    }
  }

  /** The manifests that were installed once and are no longer. */
  private static Set<Digest> earlier(WritableSystemState state, VerifiedSystem current) {
    Set<Digest> earlier = new HashSet<>();
    for (Revision revision : state.history(HISTORY)) {
      earlier.addAll(revision.sources());
    }
    for (SystemTarget target : current.manifest().targets()) {
      earlier.remove(target.source());
    }
    return earlier;
  }

  /** Errors that several workflows share. */
  static final class Systems {
    private Systems() {}

    static MosException none(Host host) {
      return MosException.notFound(
          host.directories().config()
              + ": no system is installed there; install one with mosctl install URL");
    }
  }
}
