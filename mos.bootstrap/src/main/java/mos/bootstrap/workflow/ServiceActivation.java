package mos.bootstrap.workflow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.spi.activate.Activation;
import mos.spi.activate.ActivationContext;
import mos.spi.activate.ServiceActivator;
import mos.spi.event.EventSink;
import mos.spi.model.HostDirectories;
import mos.spi.model.IdRange;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.Target;
import mos.spi.mount.MountRequest;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;

/**
 * {@code mosctl activate}: starts a service of the installed system, or restarts it if its image
 * changed.
 */
public final class ServiceActivation {
  private final PluginCatalog plugins;
  private final Host host;
  private final EventSink events;
  private final Steps steps;

  /** Activations on {@code host}. */
  public ServiceActivation(PluginCatalog plugins, Host host, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.events = events;
    this.steps = new Steps(events);
  }

  /**
   * What became of a target.
   *
   * @param target its name
   * @param activation what was done; empty for a root file system or a bootkit, which a reboot
   *     activates
   */
  public record Activated(String target, Optional<Activation> activation) {}

  /** Activates one target. */
  public Activated run(String name) {
    plugins.requireActivation();
    VerificationGate gate = host.gate(plugins);
    try (WritableSystemState state =
            plugins.states().write(host.directories().config(), "mosctl activate");
        ImageStore store = plugins.store().open(host.directories().store())) {
      VerifiedSystem system =
          new VerifiedSystem(
              state.current().orElseThrow(() -> SystemUpdate.Systems.none(host)),
              gate,
              host.product());
      Target target = steps.run("verify manifest", () -> system.target(name));
      if (target.serviceType().equals(ServiceType.HOSTFS) || name.equals(InstalledBootkit.TARGET)) {
        return new Activated(name, Optional.empty());
      }
      ServiceActivator activator = plugins.activator(target.serviceType());
      VerifiedImage image = steps.run("verify image", () -> system.image(name, store));
      Context context =
          new Context(
              host.directories(),
              system.manifest().idRange(target.nsgroup()),
              system.manifest().storage(),
              plugins,
              store,
              events);
      return new Activated(
          name,
          Optional.of(steps.run("activate " + name, () -> activator.activate(image, context))));
    }
  }

  /** Stops what runs as a service of this name; does nothing when nothing does. */
  void stop(String name) {
    HostDirectories directories = host.directories();
    if (plugins.allActivators().isEmpty() || Files.notExists(directories.config())) {
      return;
    }
    try (WritableSystemState _ = plugins.states().write(directories.config(), "mosctl umount");
        ImageStore store = plugins.store().open(directories.store())) {
      Context context =
          new Context(directories, Optional.empty(), List.of(), plugins, store, events);
      for (ServiceActivator activator : plugins.allActivators()) {
        if (activator.state(name, context).running().isPresent()) {
          activator.stop(name, context);
        }
      }
    }
  }

  /** What activators may use of the host. */
  record Context(
      HostDirectories host,
      Optional<IdRange> ids,
      List<Storage> volumes,
      PluginCatalog plugins,
      ImageStore store,
      EventSink events)
      implements ActivationContext {
    @Override
    public MountedImage mount(VerifiedImage image, Path destination, Optional<Path> writable) {
      return plugins
          .mounter(image)
          .mount(image, store::file, new MountRequest(destination, host.run(), writable), events);
    }

    @Override
    public Optional<MountedImage> mounted(Path destination) {
      for (RootfsMounter mounter : plugins.mounters()) {
        Optional<MountedImage> mounted = mounter.mounted(destination, host.run());
        if (mounted.isPresent()) {
          return mounted;
        }
      }
      return Optional.empty();
    }

    @Override
    public void unmount(Path destination) {
      plugins.mounters().forEach(mounter -> mounter.unmount(destination, host.run(), events));
    }
  }
}
