package mos.bootstrap.workflow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
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
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
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
    VerifiedManifest manifest = new FetchManifest(plugins, options).verified(url, gate, product);
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
        List<VerifiedImage> images =
            steps.run(
                "import images",
                () ->
                    new ImportImages(plugins, options, gate)
                        .into(additions, url, manifest, manifest.manifest().targets()));
        steps.run("flush store", additions::commit);
        boolean same = plan.next().equals(current.manifest());
        String message = "update " + url;
        Optional<String> revision =
            makeBootable(
                bootkit(images, plan, current, store),
                store,
                () ->
                    same
                        ? Optional.empty()
                        : Optional.of(
                            steps.run(
                                "commit system",
                                () -> state.commit(plan.next(), plan.sources(), message))));
        if (same) {
          options
              .events()
              .accept(new Event.Note("nothing to do: the system is what this manifest says"));
        }
        return new Updated(revision, plan);
      }
    }
  }

  /**
   * The bootkit of the next system; empty when it has none. It is seen to also where the manifest
   * does not name it and it runs: it may have been started once, and be selected by nobody yet.
   */
  private static Optional<VerifiedImage> bootkit(
      List<VerifiedImage> images, UpgradePlan plan, VerifiedSystem current, ImageStore store) {
    if (plan.next().target(InstalledBootkit.TARGET).isEmpty()) {
      return Optional.empty();
    }
    return images.stream()
        .filter(image -> image.target().serviceName().equals(InstalledBootkit.TARGET))
        .findFirst()
        .or(() -> InstalledBootkit.image(current, store));
  }

  /**
   * Adds the bootkit beside the running one, commits, and then has the machine start it: a boot in
   * between is one of the old system, which finds the new one committed but not its own.
   */
  private Optional<String> makeBootable(
      Optional<VerifiedImage> bootkit, ImageStore store, Supplier<Optional<String>> commit) {
    Optional<SystemPartition.Open> opened =
        bootkit.isEmpty()
            ? Optional.empty()
            : new SystemPartition(plugins, host, options.events()).open();
    if (opened.isEmpty()) {
      return commit.get();
    }
    try (SystemPartition.Open esp = opened.get()) {
      VerifiedImage image = bootkit.orElseThrow();
      String id = InstalledBootkit.id(image);
      Set<String> before = esp.ids();
      steps.run("add bootkit " + id, () -> esp.add(image, store));
      Optional<String> revision;
      try {
        revision = commit.get();
      } catch (MosException e) {
        esp.keepOnly(before);
        throw e;
      }
      esp.startNext(id, runningBootkit());
      return revision;
    }
  }

  private static Optional<String> runningBootkit() {
    return KernelCommandLine.current().value(Bootkit.ID_ARGUMENT);
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
