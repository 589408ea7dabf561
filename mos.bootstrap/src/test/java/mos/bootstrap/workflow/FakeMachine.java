package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootPartition;
import mos.spi.boot.Bootkit;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.event.EventSink;
import mos.spi.unlock.Secret;
import mos.spi.unlock.VolumeUnlocker;

/** A machine with one empty disk, on which nothing happens but that it is noted. */
final class FakeMachine implements Disks {
  private static final DiskSizes SIZES = new DiskSizes(512, 256, 1024);

  private final List<String> done;
  private final List<Path> mounted = new ArrayList<>();
  private boolean refuses;

  /**
   * @param done gets what is done, in order
   */
  FakeMachine(List<String> done) {
    this.done = done;
  }

  /** From now on the disk may not be overwritten. */
  void refuse() {
    refuses = true;
  }

  /** Where something is mounted. */
  List<Path> mounted() {
    return mounted;
  }

  @Override
  public List<MachineDisk> find() {
    return List.of();
  }

  @Override
  public Optional<Path> findMedium(String name) {
    return Optional.empty();
  }

  @Override
  public void mountMedium(Path device, Path directory) {
    throw new AssertionError("nothing that is tested mounts a medium");
  }

  @Override
  public void check(Path device, DiskSizes sizes, Set<Permission> allowed) {
    done.add("check " + device);
    if (refuses) {
      throw new MosException(ErrorCode.USAGE, device + ": is not empty");
    }
  }

  @Override
  public DiskSizes defaultSizes(Path device) {
    return SIZES;
  }

  @Override
  public MachineDisk partition(Path device, DiskSizes sizes, EventSink events) {
    done.add("write a partition table");
    Map<PartitionRole, Path> partitions = new EnumMap<>(PartitionRole.class);
    for (PartitionRole role : PartitionRole.values()) {
      partitions.put(role, Path.of(device + "-" + role.label()));
    }
    return new MachineDisk(device, partitions);
  }

  @Override
  public void makeFileSystem(Path device, PartitionRole role, EventSink events) {
    done.add("file system " + role.label());
  }

  @Override
  public void mount(Path device, PartitionRole role, Path directory, boolean readOnly) {
    done.add("mount " + role.label());
    mounted.add(directory);
  }

  @Override
  public void unmount(Path directory) {
    done.add("unmount " + directory);
    mounted.remove(directory);
  }

  @Override
  public MachineDisk diskOf(Path directory) {
    throw MosException.notFound(directory + ": is on no disk of a machine");
  }

  /** Its sealed volumes. */
  VolumeUnlocker volumes() {
    return new VolumeUnlocker() {
      @Override
      public void format(Path device, Secret key) {
        done.add("format " + device);
      }

      @Override
      public Path unlock(Path device, String name, Secret key) {
        done.add("unlock " + name);
        return Path.of("/dev/mapper", name);
      }

      @Override
      public void lock(String name) {
        done.add("lock " + name);
      }
    };
  }

  /** Its system partition, on which nothing is. */
  BootPartition systemPartition() {
    return new BootPartition() {
      @Override
      public List<Entry> entries(Path esp) {
        return List.of();
      }

      @Override
      public Optional<String> selected(Path esp) {
        return Optional.of("0.0000");
      }

      @Override
      public void add(Path esp, Bootkit bootkit) {
        done.add("add " + bootkit.id());
      }

      @Override
      public void select(Path esp, String id) {
        done.add("select " + id);
      }

      @Override
      public boolean startOnce(Path esp, String id) {
        done.add("start " + id + " once");
        return true;
      }

      @Override
      public void bless(Path esp, String id) {
        done.add("bless " + id);
      }

      @Override
      public void keepOnly(Path esp, Set<String> ids) {}
    };
  }
}
