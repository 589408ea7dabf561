package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.linux.Command;
import mos.linux.FileDescriptor;
import mos.linux.LinuxException;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks.Permission;
import mos.spi.disk.PartitionRole;

/** Whether a disk may be overwritten. */
record DiskCheck(BlockNodes nodes) {
  private static final Path SWAPS = Path.of("/proc/swaps");

  /** Refuses one that may not. */
  void check(Path device, DiskSizes sizes, Set<Permission> allowed) {
    BlockNode disk = nodes.of(device);
    if (disk.isPartition()) {
      throw usage(device + ": is a partition; name the whole disk, " + disk.disk().node());
    }
    if (!disk.slaves().isEmpty()) {
      throw usage(device + ": is made of other devices; name a disk");
    }
    if (disk.isReadOnly()) {
      throw resource(device + ": cannot be written");
    }
    checkUnused(device, disk);
    if (disk.size() < Sizes.leastDisk(sizes)) {
      throw resource(
          device
              + ": has "
              + (disk.size() >> 20)
              + " MiB; these partitions need "
              + (Sizes.leastDisk(sizes) >> 20));
    }
    if (disk.isRemovable() && !allowed.contains(Permission.REMOVABLE)) {
      throw usage(device + ": is removable or attached by USB; --removable takes it nevertheless");
    }
    checkContent(device, disk, allowed);
  }

  private void checkUnused(Path device, BlockNode disk) {
    use(disk)
        .ifPresent(
            use -> {
              throw resource(device + ": is in use: " + use);
            });
    try {
      FileDescriptor.claim(disk.node()).close();
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.EBUSY) {
        throw new MosException(
            ErrorCode.RESOURCE, device + ": is in use: the kernel or a program has claimed it", e);
      }
      throw e;
    }
  }

  /** What uses a disk or one of its partitions. */
  private Optional<String> use(BlockNode disk) {
    List<BlockNode> all = new ArrayList<>(List.of(disk));
    all.addAll(disk.partitions());
    Set<String> numbers = all.stream().map(BlockNode::number).collect(Collectors.toSet());
    for (MountTable.Entry entry : MountTable.current().entries()) {
      if (numbers.contains(entry.device())) {
        return Optional.of(entry.source() + " is mounted at " + entry.point());
      }
    }
    for (Path swap : swaps()) {
      if (numbers.contains(nodes.of(swap).number())) {
        return Optional.of(swap + " is swap space");
      }
    }
    for (BlockNode node : all) {
      if (!node.holders().isEmpty()) {
        return Optional.of(node.node() + " is held by " + String.join(", ", node.holders()));
      }
    }
    return Optional.empty();
  }

  private static List<Path> swaps() {
    try (Stream<String> lines = Files.lines(SWAPS)) {
      return lines
          .skip(1)
          .filter(line -> line.contains("partition"))
          .map(line -> Path.of(line.split(" ", 2)[0]))
          .filter(Files::exists)
          .toList();
    } catch (IOException e) {
      throw MosException.io("cannot read " + SWAPS, e);
    }
  }

  private void checkContent(Path device, BlockNode disk, Set<Permission> allowed) {
    boolean system = isSystem(disk);
    if (system && !allowed.contains(Permission.REPLACE_SYSTEM)) {
      throw usage(device + ": holds a mos system; --replace-system overwrites it");
    }
    List<String> content = system ? List.of() : signatures(disk);
    if (!content.isEmpty() && !allowed.contains(Permission.OVERWRITE)) {
      throw usage(
          device
              + ": is not empty ("
              + String.join(", ", content)
              + "); --overwrite destroys what it holds");
    }
  }

  /** By its table alone: the kernel need not have read it. */
  private static boolean isSystem(BlockNode disk) {
    return DiskFinder.table(disk).stream()
        .anyMatch(
            partition ->
                Stream.of(PartitionRole.values())
                    .anyMatch(role -> role.isSealed() && role.type().equals(partition.type())));
  }

  /** The partition table, file system or other thing that begins on a disk. */
  private static List<String> signatures(BlockNode disk) {
    List<String> found =
        new ArrayList<>(
            Command.of(
                    "util-linux",
                    "wipefs",
                    "--no-act",
                    "--noheadings",
                    "--output",
                    "TYPE",
                    disk.node())
                .run()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList());
    if (!disk.partitions().isEmpty()) {
      found.add(disk.partitions().size() + " partitions");
    }
    return found;
  }

  private static MosException usage(String message) {
    return new MosException(ErrorCode.USAGE, message);
  }

  private static MosException resource(String message) {
    return new MosException(ErrorCode.RESOURCE, message);
  }
}
