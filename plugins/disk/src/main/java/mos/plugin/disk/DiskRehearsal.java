package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.Rehearsed;
import mos.spi.disk.DiskSizes;

/** Finds the disk of a machine that consists of files. */
public final class DiskRehearsal implements Rehearsed {
  private static final int SECTOR = 512;
  private static final int SECTORS = 1 << 20;

  /** For the service loader. */
  public DiskRehearsal() {}

  @Override
  public void rehearse(Path directory) throws IOException {
    Path dev = Files.createDirectory(directory.resolve("dev"));
    Path disk = dev.resolve("vda");
    Command.of("coreutils", "truncate", "--size=" + SECTORS * (long) SECTOR, disk).run();
    Command.of(
            "gdisk",
            "sgdisk",
            Partitioning.arguments(disk, SECTOR, new DiskSizes(64, 64, 64)).toArray())
        .run();
    Path node = directory.resolve("sys/devices/vda");
    describe(node, Map.of("uevent", "DEVNAME=vda", "size", "" + SECTORS));
    describe(node.resolve("queue"), Map.of("logical_block_size", "" + SECTOR));
    for (Partition partition : PartitionTable.read(disk, SECTOR).orElseThrow()) {
      describe(
          node.resolve("vda" + partition.number()),
          Map.of(
              "uevent",
              "DEVNAME=vda" + partition.number(),
              "partition",
              "" + partition.number(),
              "start",
              "" + partition.first(),
              "size",
              "" + (partition.last() - partition.first() + 1)));
    }
    Path block = Files.createDirectories(directory.resolve("sys/block"));
    Files.createSymbolicLink(block.resolve("vda"), node);
    var found = new DiskFinder(new BlockNodes(directory.resolve("sys"), dev)).find();
    if (found.size() != 1 || !found.getFirst().isComplete()) {
      throw new MosException(ErrorCode.INTERNAL, "the rehearsed disk was not found: " + found);
    }
  }

  private static void describe(Path node, Map<String, String> files) throws IOException {
    Files.createDirectories(node);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(node.resolve(file.getKey()), file.getValue() + "\n");
    }
  }
}
