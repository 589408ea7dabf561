package mos.linux;

import com.sun.jna.Memory;
import java.nio.file.Path;

/** What only block devices can do (linux/fs.h). */
public final class BlockDevice {
  private static final long REREAD_PARTITIONS = 0x125F;
  private static final long PARTITION = 0x1269;
  private static final int ADD = 1;
  private static final int PARTITION_SIZE = 152;
  private static final int ARGUMENT_SIZE = 24;
  private static final int S_IFBLK = 0060000;
  private static final int OWNER_ONLY = 0600;

  private BlockDevice() {}

  /**
   * Has the kernel read the partition table again.
   *
   * @throws LinuxException EBUSY when a partition is in use; EINVAL when it has none ever
   */
  public static void rereadPartitions(Path device) {
    try (FileDescriptor open = FileDescriptor.read(device)) {
      Libc.call("ioctl", device + " (BLKRRPART)", open.number(), REREAD_PARTITIONS);
    }
  }

  /**
   * Tells the kernel of a partition (BLKPG_ADD_PARTITION), for kernels that cannot read the table.
   *
   * @param number from 1 on
   * @param start in bytes
   * @param length in bytes
   * @throws LinuxException EBUSY when there is one of that number or in that place
   */
  public static void addPartition(Path device, int number, long start, long length) {
    // struct blkpg_partition and struct blkpg_ioctl_arg of linux/blkpg.h
    try (FileDescriptor open = FileDescriptor.read(device);
        Memory partition = new Memory(PARTITION_SIZE);
        Memory argument = new Memory(ARGUMENT_SIZE)) {
      partition.clear();
      partition.setLong(0, start);
      partition.setLong(8, length);
      partition.setInt(16, number);
      argument.clear();
      argument.setInt(0, ADD);
      argument.setInt(8, PARTITION_SIZE);
      argument.setPointer(16, partition);
      Libc.call("ioctl", device + " (BLKPG)", open.number(), PARTITION, argument);
    }
  }

  /**
   * Makes a device's node where nothing else makes them; does nothing when there is one.
   *
   * @param node its path
   * @param major of its number, below 4096
   * @param minor of its number, below 2^20
   */
  public static void makeNode(Path node, int major, int minor) {
    // makedev(3): the higher part of the minor number stands above the major number.
    long number = ((long) major << 8) | (minor & 0xff) | ((long) (minor & 0xfff00) << 12);
    try {
      Libc.call(
          "mknod", node.toString(), Libc.string(node.toString()), S_IFBLK | OWNER_ONLY, number);
    } catch (LinuxException e) {
      if (e.errno() != LinuxException.EEXIST) {
        throw e;
      }
    }
  }
}
