package mos.spi.disk;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.event.EventSink;

/** The disks of this machine. One provider per program. */
public interface Disks {
  /** What is allowed to happen to a disk beyond what is plainly harmless. */
  enum Permission {
    /** It may be removable or attached by USB. */
    REMOVABLE,
    /** It may hold partitions or a file system of something else, which are lost. */
    OVERWRITE,
    /** It may hold a mos system, which is lost. */
    REPLACE_SYSTEM
  }

  /**
   * Every disk that carries at least one sealed partition of a machine, by partition type. Reads
   * partition tables only, and needs no program.
   */
  List<MachineDisk> find();

  /**
   * A medium: the first partition with that name in its GPT, of whatever type and on whatever disk,
   * or else the first disk or disc with an ISO 9660 file system of that name. Whoever names
   * something may lie: nothing on it is to be believed.
   */
  Optional<Path> findMedium(String name);

  /** Mounts a medium (ext4, ISO 9660) read-only, without devices, programs and set-id bits. */
  void mountMedium(Path device, Path directory);

  /**
   * Refuses a disk that must not be overwritten: not a whole disk, read-only, too small, in use
   * (mounted, swap, held by another device: never allowed), removable, not empty, holding a system.
   *
   * @throws mos.spi.MosException USAGE naming the option that would allow it, RESOURCE when it is
   *     in use or too small, NOT_FOUND when there is no such device
   */
  void check(Path device, DiskSizes sizes, Set<Permission> allowed);

  /** Sizes that fit a disk: sensible from 16 GiB on, and working from 1 GiB on. */
  DiskSizes defaultSizes(Path device);

  /** Writes a new partition table; whatever the disk held is lost. */
  MachineDisk partition(Path device, DiskSizes sizes, EventSink events);

  /**
   * Makes the file system of a partition.
   *
   * @param device the partition, or the opened volume on it
   */
  void makeFileSystem(Path device, PartitionRole role, EventSink events);

  /**
   * Mounts the file system of a partition.
   *
   * @param directory created when missing
   */
  void mount(Path device, PartitionRole role, Path directory, boolean readOnly);

  /** Flushes and unmounts; does nothing when nothing is mounted there. */
  void unmount(Path directory);

  /**
   * The disk and file system that a directory is on, when that is one that {@link #find} gives.
   *
   * @throws mos.spi.MosException NOT_FOUND when it is not
   */
  MachineDisk diskOf(Path directory);
}
