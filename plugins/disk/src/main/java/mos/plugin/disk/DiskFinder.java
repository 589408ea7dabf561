package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;

/** Finds the disks of machines by the types of their partitions. */
record DiskFinder(BlockNodes nodes) {
  /** The original's installer and its initrd disagree on the name of the system partition. */
  private static final List<String> ESP_NAMES = List.of(PartitionRole.ESP.label(), "efi");

  /** All of them. A disk that cannot be read, or not understood, is none. */
  List<MachineDisk> find() {
    List<MachineDisk> found = new ArrayList<>();
    for (BlockNode disk : nodes.disks()) {
      machine(disk).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  /** The first partition with a name, on whatever disk. */
  Optional<Path> named(String name) {
    return nodes.disks().stream()
        .flatMap(
            disk ->
                table(disk).stream()
                    .filter(partition -> partition.name().equals(name))
                    .flatMap(partition -> kernels(disk, partition).stream()))
        .map(BlockNode::node)
        .findFirst();
  }

  /** The first disk or disc that is an ISO 9660 file system of a name. */
  Optional<Path> disc(String name) {
    return nodes.media().stream()
        .filter(node -> IsoVolume.name(node.node()).equals(Optional.of(name)))
        .map(BlockNode::node)
        .findFirst();
  }

  /** A disk, if it carries a sealed partition. */
  Optional<MachineDisk> machine(BlockNode disk) {
    return machine(disk, table(disk));
  }

  /** The partitions of a disk; none when its table cannot be read. */
  static List<Partition> table(BlockNode disk) {
    try {
      return PartitionTable.read(disk.node(), disk.sectorSize()).orElse(List.of());
    } catch (InvalidFieldException | IOException e) {
      return List.of();
    }
  }

  private static Optional<MachineDisk> machine(BlockNode disk, List<Partition> table) {
    Map<PartitionRole, Path> paths = new EnumMap<>(PartitionRole.class);
    for (PartitionRole role : PartitionRole.values()) {
      choose(role, table)
          .flatMap(entry -> kernels(disk, entry))
          .ifPresent(found -> paths.put(role, found.node()));
    }
    return paths.keySet().stream().anyMatch(PartitionRole::isSealed)
        ? Optional.of(new MachineDisk(disk.node(), paths))
        : Optional.empty();
  }

  /** Of several with the type that with the name, else the first. */
  static Optional<Partition> choose(PartitionRole role, List<Partition> table) {
    List<Partition> fit =
        table.stream().filter(partition -> partition.type().equals(role.type())).toList();
    List<String> names = role == PartitionRole.ESP ? ESP_NAMES : List.of(role.label());
    return fit.stream()
        .filter(partition -> names.contains(partition.name()))
        .findFirst()
        .or(() -> fit.stream().findFirst());
  }

  /** The kernel's device for an entry, if it knows the table that we read. */
  private static Optional<BlockNode> kernels(BlockNode disk, Partition entry) {
    return disk.partitions().stream()
        .filter(
            node ->
                node.partitionNumber() == entry.number()
                    && node.start() == entry.first() * disk.sectorSize()
                    && node.size() == (entry.last() - entry.first() + 1) * disk.sectorSize())
        .findFirst();
  }

  /** The disk that a directory is on, through whatever was opened on its partitions. */
  MachineDisk diskOf(Path directory) {
    Optional<BlockNode> node = nodes.under(directory);
    while (node.isPresent() && node.get().slaves().size() == 1) {
      node = Optional.of(node.get().slaves().getFirst());
    }
    return node.filter(found -> found.slaves().isEmpty())
        .flatMap(found -> machine(found.disk()))
        .orElseThrow(() -> MosException.notFound(directory + ": is not on the disk of a machine"));
  }
}
