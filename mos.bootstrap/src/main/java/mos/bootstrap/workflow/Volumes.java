package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.disk.Disks;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.event.EventSink;
import mos.spi.model.HostDirectories;
import mos.spi.unlock.Secret;
import mos.spi.unlock.VolumeUnlocker;

/** The sealed partitions of a machine's disk: opened and mounted, or made. */
final class Volumes {
  /** Where they are mounted until the root file system is there. */
  static final Path PLACE = Path.of("/run/mos/disk");

  private final Disks disks;
  private final VolumeUnlocker unlocker;

  Volumes(PluginCatalog plugins) {
    this.disks = plugins.disks();
    this.unlocker = plugins.volumeUnlocker();
  }

  /**
   * The only disk of this machine that carries a system. A second one is refused rather than
   * guessed about: it may have been attached to be taken for the first.
   */
  MachineDisk theDisk() {
    List<MachineDisk> found = disks.find();
    if (found.size() > 1) {
      throw MosException.refused(
          "several disks carry partitions of a mos system: "
              + String.join(", ", found.stream().map(disk -> disk.device().toString()).toList())
              + "; detach all but the machine's own");
    }
    if (found.isEmpty()) {
      throw MosException.notFound(
          "no disk carries the partitions of a mos system; install one with mosctl install --disk");
    }
    MachineDisk disk = found.getFirst();
    if (!disk.isComplete()) {
      throw MosException.invalid(
          disk.device()
              + ": lacks partitions of a mos system, it has "
              + disk.partitions().keySet().stream().sorted().map(PartitionRole::label).toList());
    }
    return disk;
  }

  /**
   * Opens the sealed partitions, all at once, and mounts them.
   *
   * @param undo takes it all back
   */
  HostDirectories open(MachineDisk disk, Secret key, Path root, UndoLog undo) {
    Map<PartitionRole, Future<Path>> opening = new EnumMap<>(PartitionRole.class);
    Map<PartitionRole, Path> opened = new EnumMap<>(PartitionRole.class);
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      for (PartitionRole role : sealed()) {
        opening.put(role, pool.submit(() -> unlock(disk, role, key)));
      }
      List<MosException> failures = new ArrayList<>();
      opening.forEach(
          (role, future) -> {
            try {
              opened.put(role, result(future));
              undo.push("close " + name(role), () -> unlocker.lock(name(role)));
            } catch (MosException e) {
              failures.add(e);
            }
          });
      if (!failures.isEmpty()) {
        throw failures.getFirst();
      }
    }
    opened.forEach((role, device) -> mount(device, role, undo));
    return directories(root);
  }

  /** Makes the sealed partitions anew, and leaves them mounted as {@link #directories} says. */
  void make(MachineDisk disk, Secret key, Steps steps, UndoLog undo) {
    for (PartitionRole role : sealed()) {
      Path partition = disk.partition(role);
      steps.run("seal " + role.label(), () -> format(partition, role, key));
      Path device = unlock(disk, role, key);
      undo.push("close " + name(role), () -> unlocker.lock(name(role)));
      steps.run(
          "make file system " + role.label(),
          () -> disks.makeFileSystem(device, role, EventSink.NONE));
      mount(device, role, undo);
    }
  }

  private Path unlock(MachineDisk disk, PartitionRole role, Secret key) {
    try (Secret own = keyOf(role, key)) {
      return unlocker.unlock(disk.partition(role), name(role), own);
    }
  }

  private void format(Path partition, PartitionRole role, Secret key) {
    try (Secret own = keyOf(role, key)) {
      unlocker.format(partition, own);
    }
  }

  /**
   * The key of one volume, derived from the machine's. With one key for all, whoever has the disk
   * could exchange one volume for another.
   */
  private static Secret keyOf(PartitionRole role, Secret key) {
    return key.derive("mos volume " + role.label());
  }

  private void mount(Path device, PartitionRole role, UndoLog undo) {
    Path place = place(role);
    disks.mount(device, role, place, false);
    undo.push("unmount " + place, () -> disks.unmount(place));
  }

  /** Where a partition is mounted until the root file system is there. */
  static Path place(PartitionRole role) {
    return PLACE.resolve(role.label());
  }

  /** Where a host keeps its things until the root file system is there. */
  static HostDirectories directories(Path root) {
    return new HostDirectories(
        root,
        place(PartitionRole.CONFIG),
        place(PartitionRole.STORE),
        place(PartitionRole.SCRATCH));
  }

  private static List<PartitionRole> sealed() {
    return List.of(PartitionRole.CONFIG, PartitionRole.STORE, PartitionRole.SCRATCH);
  }

  private static String name(PartitionRole role) {
    return role.label();
  }

  private static Path result(Future<Path> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MosException known
          ? known
          : new MosException(ErrorCode.INTERNAL, "cannot open a volume: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, "interrupted while opening volumes", e);
    }
  }
}
