package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.activate.ServiceActivator;
import mos.spi.activate.ServiceState;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.model.ServiceType;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.SystemState;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;

/**
 * {@code mosctl status} and {@code mosctl verify}: what is installed, what runs, what differs.
 * Changes nothing.
 */
public final class SystemStatus {
  private final PluginCatalog plugins;
  private final Host host;
  private final EventSink events;

  /** The bootkit that started this machine. */
  private final Optional<String> started = KernelCommandLine.current().value(Bootkit.ID_ARGUMENT);

  /** The status of {@code host}. */
  public SystemStatus(PluginCatalog plugins, Host host, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.events = events;
  }

  /**
   * One target.
   *
   * @param name its name
   * @param source its install manifest
   * @param target what it is; empty when its manifest is refused
   * @param running the image it runs
   * @param problem why it cannot be used as installed
   */
  public record TargetStatus(
      String name,
      Digest source,
      Optional<Target> target,
      Optional<Digest> running,
      Optional<String> problem) {
    /** One word for a person. */
    public String state() {
      if (problem.isPresent()) {
        return "damaged";
      }
      Optional<Digest> installed = target.map(Target::digest);
      if (running.isEmpty()) {
        return "stopped";
      }
      return running.equals(installed) ? "running" : "outdated";
    }
  }

  /**
   * The system.
   *
   * @param revision its revision
   * @param targets its targets
   */
  public record Status(String revision, List<TargetStatus> targets) {}

  /** Looks at everything, fails for nothing that is damaged: that is what it reports. */
  public Status look(boolean scan) {
    VerificationGate gate = host.gate(plugins);
    try (SystemState state = plugins.states().read(host.directories().config());
        ImageStore store = plugins.store().open(host.directories().store())) {
      InstalledSystem installed =
          state.current().orElseThrow(() -> SystemUpdate.Systems.none(host));
      VerifiedSystem system = new VerifiedSystem(installed, gate, host.product());
      List<TargetStatus> targets = new ArrayList<>();
      for (SystemTarget entry : installed.manifest().targets()) {
        targets.add(look(entry, system, store, scan));
      }
      return new Status(installed.revision(), targets);
    }
  }

  private TargetStatus look(
      SystemTarget entry, VerifiedSystem system, ImageStore store, boolean scan) {
    Optional<Target> target = Optional.empty();
    try {
      target = Optional.of(system.target(entry));
      VerifiedImage image = system.image(entry.name(), store);
      image.layers().forEach(layer -> store.file(layer.descriptor().digest()));
      if (scan) {
        plugins.mounter(image).scan(image, store::file, events);
      }
      return new TargetStatus(
          entry.name(),
          entry.source(),
          target,
          running(target.get(), image, system, store),
          Optional.empty());
    } catch (MosException e) {
      return new TargetStatus(
          entry.name(),
          entry.source(),
          target,
          Optional.empty(),
          Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private Optional<Digest> running(
      Target target, VerifiedImage image, VerifiedSystem system, ImageStore store) {
    if (target.serviceName().equals(InstalledBootkit.TARGET)) {
      return started.equals(Optional.of(InstalledBootkit.id(image)))
          ? Optional.of(image.digest())
          : Optional.empty();
    }
    Optional<ServiceActivator> activator = plugins.findActivator(target.serviceType());
    if (activator.isPresent()) {
      ServiceActivation.Context context =
          new ServiceActivation.Context(
              host.directories(),
              system.manifest().idRange(target.nsgroup()),
              system.manifest().storage(),
              plugins,
              store,
              events);
      ServiceState state = activator.get().state(target.serviceName(), context);
      return state.running();
    }
    Path root = host.directories().root();
    Optional<Digest> replaced = Optional.empty();
    for (RootfsMounter mounter : plugins.mounters()) {
      for (MountedImage mounted : mounter.mounted(host.directories().run())) {
        if (mounted.image().equals(target.digest()) && mounted.destination().startsWith(root)) {
          return Optional.of(mounted.image());
        }
        if (target.serviceType().equals(ServiceType.HOSTFS) && mounted.destination().equals(root)) {
          replaced = Optional.of(mounted.image());
        }
      }
    }
    return replaced;
  }
}
