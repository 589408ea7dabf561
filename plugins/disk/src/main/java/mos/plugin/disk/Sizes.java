package mos.plugin.disk;

import mos.spi.disk.DiskSizes;

/** How a disk is divided when nobody says how. */
final class Sizes {
  private static final long MIB = 1L << 20;
  private static final long GIB_IN_MIB = 1024;

  /** In front of the first partition and behind the last, in MiB. */
  private static final long EDGES = 2;

  private Sizes() {}

  /**
   * The sizes for a disk, in MiB; the store gets what is left. From 128 GiB on they are those of
   * the original; below, scratch and store share what is left as there, 3 to 4.
   *
   * <table>
   * <caption>Sizes by disk</caption>
   * <tr><th>disk</th><th>esp</th><th>config</th><th>scratch</th></tr>
   * <tr><td>128 GiB or more</td><td>1024</td><td>1024</td><td>46080</td></tr>
   * <tr><td>16 GiB or more</td><td>1024</td><td>1024</td><td>3/7 of the rest</td></tr>
   * <tr><td>4 GiB or more</td><td>512</td><td>256</td><td>3/7 of the rest</td></tr>
   * <tr><td>less</td><td>256</td><td>64</td><td>3/7 of the rest</td></tr>
   * </table>
   *
   * @param bytes of the disk
   */
  static DiskSizes byDefault(long bytes) {
    long disk = bytes / MIB - EDGES;
    long gib = bytes / MIB / GIB_IN_MIB;
    long esp = gib >= 16 ? 1024 : gib >= 4 ? 512 : 256;
    long config = gib >= 16 ? 1024 : gib >= 4 ? 256 : 64;
    long scratch = gib >= 128 ? 45 * GIB_IN_MIB : Math.max(64, (disk - esp - config) * 3 / 7);
    return new DiskSizes(esp, config, scratch);
  }

  /** The smallest disk for some sizes, in bytes. */
  static long leastDisk(DiskSizes sizes) {
    return MIB
        * (sizes.espMiB()
            + sizes.configMiB()
            + sizes.scratchMiB()
            + DiskSizes.LEAST_STORE_MIB
            + EDGES);
  }
}
