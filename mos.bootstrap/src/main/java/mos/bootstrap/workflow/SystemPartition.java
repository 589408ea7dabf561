package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.boot.BootPartition;
import mos.spi.disk.Disks;
import mos.spi.disk.PartitionRole;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.SystemState;
import mos.spi.verify.VerifiedImage;

/**
 * The EFI system partition of this machine, which is mounted only while it is changed: firmware
 * reads it, so that nothing else has to.
 */
final class SystemPartition {
  private final PluginCatalog plugins;
  private final Host host;
  private final EventSink events;

  SystemPartition(PluginCatalog plugins, Host host, EventSink events) {
    this.plugins = plugins;
    this.host = host;
    this.events = events;
  }

  /** An open system partition; closing it unmounts it. */
  final class Open implements AutoCloseable {
    private final BootPartition entries = plugins.bootPartition();
    private final Path place = host.directories().run().resolve("esp");
    private final UndoLog mounted = new UndoLog();

    private Open(Path device) {
      plugins.disks().mount(device, PartitionRole.ESP, place, false);
      mounted.push("unmount " + place, () -> plugins.disks().unmount(place));
    }

    /** Puts a bootkit beside what is there. */
    void add(VerifiedImage image, ImageStore store) {
      try (MountedBootkit mounted = MountedBootkit.mount(plugins, host, image, store, events)) {
        entries.add(place, mounted.bootkit());
      }
    }

    /**
     * Has the machine start a bootkit that was added: once, so that a boot that fails leads back to
     * the selected one; where the firmware cannot be told so, from now on. Removes what is no
     * longer needed.
     *
     * @param running the one that was started; stays
     */
    void startNext(String id, Optional<String> running) {
      Optional<String> selected = entries.selected(place);
      if (!selected.equals(Optional.of(id))
          && (selected.isEmpty() || !entries.startOnce(place, id))) {
        entries.select(place, id);
        selected = Optional.of(id);
      }
      Set<String> kept = new HashSet<>(Set.of(id));
      selected.ifPresent(kept::add);
      running.ifPresent(kept::add);
      entries.keepOnly(place, kept);
    }

    /** Has the machine start a bootkit from now on: it has booted well. */
    void keepStarting(String id) {
      entries.bless(place, id);
      if (!entries.selected(place).equals(Optional.of(id))) {
        entries.select(place, id);
      }
    }

    /** The bootkits that are there. */
    Set<String> ids() {
      return entries.entries(place).stream()
          .map(BootPartition.Entry::id)
          .collect(Collectors.toSet());
    }

    /** Removes all bootkits but some. */
    void keepOnly(Set<String> ids) {
      entries.keepOnly(place, ids);
    }

    /** Whether a bootkit is there and may still be tried. */
    boolean isPromising(String id) {
      return entries.entries(place).stream()
          .anyMatch(entry -> entry.id().equals(id) && entry.triesLeft().orElse(1) > 0);
    }

    @Override
    public void close() {
      mounted.close();
    }
  }

  /**
   * The system partition of the disk that the configuration is on.
   *
   * @return empty when the system is not installed on a disk of its own
   */
  Optional<Open> open() {
    Optional<Disks> disks = plugins.findDisks();
    if (disks.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path esp = disks.get().diskOf(host.directories().config()).partition(PartitionRole.ESP);
      return Optional.of(new Open(esp));
    } catch (MosException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
      events.accept(new Event.Detail("no system partition is changed: " + e.getMessage()));
      return Optional.empty();
    }
  }

  /** Fills a new system partition with the bootkit of the system that was just installed. */
  void fill(Path device) {
    try (SystemState state = plugins.states().read(host.directories().config());
        ImageStore store = plugins.store().open(host.directories().store());
        Open esp = new Open(device)) {
      VerifiedSystem system =
          new VerifiedSystem(
              state.current().orElseThrow(() -> SystemUpdate.Systems.none(host)),
              host.gate(plugins),
              host.product());
      VerifiedImage image = system.image(InstalledBootkit.TARGET, store);
      esp.add(image, store);
      esp.startNext(InstalledBootkit.id(image), Optional.empty());
    }
  }
}
