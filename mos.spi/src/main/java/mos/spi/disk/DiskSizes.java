package mos.spi.disk;

import mos.spi.InvalidFieldException;

/**
 * How large the partitions of a new machine are; the store gets the rest of the disk.
 *
 * @param espMiB the EFI system partition, 64 or more
 * @param configMiB the configuration, 64 or more
 * @param scratchMiB what writable mounts write, 64 or more
 */
public record DiskSizes(long espMiB, long configMiB, long scratchMiB) {
  /** The smallest partition. */
  private static final long LEAST = 64;

  /** The smallest store that a disk must leave room for. */
  public static final long LEAST_STORE_MIB = 128;

  /** Checks each. */
  public DiskSizes {
    check("espMiB", espMiB);
    check("configMiB", configMiB);
    check("scratchMiB", scratchMiB);
  }

  private static void check(String field, long size) {
    if (size < LEAST || size > 1L << 40) {
      throw new InvalidFieldException(
          field, "a partition is " + LEAST + " MiB or more, not " + size);
    }
  }
}
