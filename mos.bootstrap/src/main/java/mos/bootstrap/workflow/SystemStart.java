package mos.bootstrap.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.activate.Activation;
import mos.spi.boot.Bootkit;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.ServiceType;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.SystemState;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.VerifiedImage;

/**
 * {@code mosctl boot}: starts every service of the installed system. One that fails does not keep
 * the others from starting.
 */
public final class SystemStart {
  private final PluginCatalog plugins;
  private final Host host;
  private final EventSink events;

  /** The start of {@code host}'s services. */
  public SystemStart(PluginCatalog plugins, Host host, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.events = events;
  }

  /**
   * What became of a service.
   *
   * @param target its name
   * @param activation what was done; empty when it failed
   * @param failure why it failed
   */
  public record Started(
      String target, Optional<Activation> activation, Optional<MosException> failure) {}

  /**
   * Starts them, file systems before what may use them, else in the order of the manifest; then
   * notes that the bootkit booted well, and finishes what an interrupted update left of the system
   * partition.
   */
  public List<Started> run() {
    List<Started> started = new ArrayList<>();
    for (String name : services()) {
      try {
        started.add(
            new Started(
                name,
                new ServiceActivation(plugins, host, events).run(name).activation(),
                Optional.empty()));
      } catch (MosException e) {
        started.add(new Started(name, Optional.empty(), Optional.of(e)));
      }
    }
    settle();
    return started;
  }

  /** The services, in the order in which they are started. */
  private List<String> services() {
    try (SystemState state = plugins.states().read(host.directories().config())) {
      VerifiedSystem system = system(state);
      List<String> files = new ArrayList<>();
      List<String> others = new ArrayList<>();
      for (SystemTarget entry : system.manifest().targets()) {
        if (entry.name().equals(InstalledBootkit.TARGET)) {
          continue;
        }
        Optional<ServiceType> type = type(system, entry);
        if (type.isEmpty() || !type.get().equals(ServiceType.HOSTFS)) {
          (type.equals(Optional.of(ServiceType.FS_ONLY)) ? files : others).add(entry.name());
        }
      }
      files.addAll(others);
      return files;
    }
  }

  /** A target that does not verify counts as a service: starting it says what is wrong. */
  private static Optional<ServiceType> type(VerifiedSystem system, SystemTarget entry) {
    try {
      Target target = system.target(entry);
      return Optional.of(target.serviceType());
    } catch (MosException e) {
      return Optional.empty();
    }
  }

  private VerifiedSystem system(SystemState state) {
    return new VerifiedSystem(
        state.current().orElseThrow(() -> SystemUpdate.Systems.none(host)),
        host.gate(plugins),
        host.product());
  }

  private void settle() {
    Optional<String> running = KernelCommandLine.current().value(Bootkit.ID_ARGUMENT);
    if (running.isEmpty()) {
      return;
    }
    // Under the lock that an update takes: both write the system partition.
    try (WritableSystemState state =
            plugins.states().write(host.directories().config(), "mosctl boot");
        ImageStore store = plugins.store().open(host.directories().store())) {
      Optional<SystemPartition.Open> opened = new SystemPartition(plugins, host, events).open();
      if (opened.isPresent()) {
        try (SystemPartition.Open esp = opened.get()) {
          settle(esp, running.get(), InstalledBootkit.image(system(state), store));
        }
      }
    } catch (MosException e) {
      if (e.code() == ErrorCode.INTERNAL) {
        throw e;
      }
      events.accept(new Event.Warning("system partition: " + e.getMessage()));
    }
  }

  private void settle(SystemPartition.Open esp, String running, Optional<VerifiedImage> newest) {
    esp.keepStarting(running);
    String id = newest.map(InstalledBootkit::id).orElse(running);
    if (!id.equals(running) && esp.isPromising(id)) {
      esp.startNext(id, Optional.of(running));
      events.accept(
          new Event.Warning(
              "the newest system's bootkit "
                  + id
                  + " was not started, or did not boot; the next boot tries it"));
    }
  }
}
