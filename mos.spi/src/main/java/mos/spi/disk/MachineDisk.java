package mos.spi.disk;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import mos.spi.MosException;

/**
 * A disk that carries partitions of a machine.
 *
 * @param device the whole disk, such as {@code /dev/nvme0n1}
 * @param partitions the block devices of its partitions
 */
public record MachineDisk(Path device, Map<PartitionRole, Path> partitions) {
  /** Copies the map. */
  public MachineDisk {
    partitions = Map.copyOf(partitions);
  }

  /** Whether every partition that a machine needs is there. */
  public boolean isComplete() {
    return partitions.size() == PartitionRole.values().length;
  }

  /**
   * The block device of a partition.
   *
   * @throws MosException NOT_FOUND when the disk has none
   */
  public Path partition(PartitionRole role) {
    return Optional.ofNullable(partitions.get(role))
        .orElseThrow(
            () -> MosException.notFound(device + ": has no partition '" + role.label() + "'"));
  }
}
