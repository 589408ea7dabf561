package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
  private final Optional<String> started;

  /** The status of {@code host}. */
  public SystemStatus(PluginCatalog plugins, Host host, EventSink events) {
    this(plugins, host, started(host), events);
  }

  /**
   * @param started the bootkit that started the machine; empty when none did
   */
  SystemStatus(PluginCatalog plugins, Host host, Optional<String> started, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.started = started;
    this.events = events;
  }

  /** Of a system below another root than this machine's, nothing was started. */
  private static Optional<String> started(Host host) {
    return host.directories().root().toAbsolutePath().normalize().getNameCount() == 0
        ? KernelCommandLine.current().value(Bootkit.ID_ARGUMENT)
        : Optional.empty();
  }

  /** What runs of a target. */
  public sealed interface Running {
    /** Nothing does. */
    record Nothing() implements Running {}

    /**
     * An image, the installed one or another.
     *
     * @param digest its digest
     */
    record Image(Digest digest) implements Running {}

    /**
     * Something that is not what is installed, and whose image nothing here knows.
     *
     * @param name what it calls itself
     */
    record Unknown(String name) implements Running {}
  }

  /**
   * One target.
   *
   * @param name its name
   * @param source its install manifest
   * @param target what it is; empty when its manifest is refused
   * @param running what runs of it
   * @param problem why it cannot be used as installed
   */
  public record TargetStatus(
      String name,
      Digest source,
      Optional<Target> target,
      Running running,
      Optional<String> problem) {
    /** One word for a person. */
    public String state() {
      if (problem.isPresent()) {
        return "damaged";
      }
      return switch (running) {
        case Running.Nothing() -> "stopped";
        case Running.Image(Digest digest)
            when target.map(Target::digest).equals(Optional.of(digest)) ->
            "running";
        case Running.Image _, Running.Unknown _ -> "outdated";
      };
    }
  }

  /**
   * The system.
   *
   * @param revision its revision
   * @param targets its targets
   */
  public record Status(String revision, List<TargetStatus> targets) {}

  /** What is looked at: the installed system, and the state that it is the newest revision of. */
  private record Looked(
      VerifiedSystem system, SystemState state, InstalledBootkit.View view, ImageStore store) {}

  /** Looks at everything, fails for nothing that is damaged: that is what it reports. */
  public Status look(boolean scan) {
    VerificationGate gate = host.gate(plugins);
    try (SystemState state = plugins.states().read(host.directories().config());
        ImageStore store = plugins.store().open(host.directories().store())) {
      InstalledSystem installed =
          state.current().orElseThrow(() -> SystemUpdate.Systems.none(host));
      Optional<UUID> product = host.product();
      InstalledBootkit.View view = system -> new VerifiedSystem(system, gate, product);
      Looked looked = new Looked(view.of(installed), state, view, store);
      List<TargetStatus> targets = new ArrayList<>();
      for (SystemTarget entry : installed.manifest().targets()) {
        targets.add(look(entry, looked, scan));
      }
      return new Status(installed.revision(), targets);
    }
  }

  private TargetStatus look(SystemTarget entry, Looked looked, boolean scan) {
    Optional<Target> target = Optional.empty();
    ImageStore store = looked.store();
    try {
      target = Optional.of(looked.system().target(entry));
      VerifiedImage image = looked.system().image(entry.name(), store);
      image.layers().forEach(layer -> store.file(layer.descriptor().digest()));
      if (scan) {
        plugins.mounter(image).scan(image, store::file, events);
      }
      Running running =
          entry.name().equals(InstalledBootkit.TARGET)
              ? bootkit(image, looked)
              : running(target.get(), looked);
      return new TargetStatus(entry.name(), entry.source(), target, running, Optional.empty());
    } catch (MosException e) {
      return new TargetStatus(
          entry.name(),
          entry.source(),
          target,
          new Running.Nothing(),
          Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** The bootkit that started the machine runs, whatever is installed since. */
  private Running bootkit(VerifiedImage installed, Looked looked) {
    if (started.isEmpty()) {
      return new Running.Nothing();
    }
    String id = started.get();
    if (id.equals(InstalledBootkit.id(installed))) {
      return new Running.Image(installed.digest());
    }
    return InstalledBootkit.imageOf(id, looked.state(), looked.view(), looked.store(), events)
        .<Running>map(Running.Image::new)
        .orElseGet(() -> new Running.Unknown(id));
  }

  private Running running(Target target, Looked looked) {
    Optional<ServiceActivator> activator = plugins.findActivator(target.serviceType());
    if (activator.isEmpty()) {
      return running(mounted(target));
    }
    ServiceActivation.Context context =
        new ServiceActivation.Context(
            host.directories(),
            looked.system().manifest().idRange(target.nsgroup()),
            looked.system().manifest().storage(),
            plugins,
            looked.store(),
            events);
    ServiceState state = activator.get().state(target.serviceName(), context);
    return running(state.running());
  }

  private static Running running(Optional<Digest> image) {
    return image.<Running>map(Running.Image::new).orElseGet(Running.Nothing::new);
  }

  /** The image that is mounted of a target, or where it would be. */
  private Optional<Digest> mounted(Target target) {
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
