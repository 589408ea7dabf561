package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of disks that this machine does not have, in a sysfs made of plain files. */
class BlockNodesTest {
  private static final int MIB = 400;
  private static final long SECTORS = (long) MIB << 11;

  @TempDir Path directory;
  private Path sys;
  private Path dev;
  private BlockNodes nodes;
  private int numbers = 7;

  @BeforeEach
  void create() throws IOException {
    sys = Files.createDirectories(directory.toRealPath().resolve("sys"));
    Files.createDirectories(sys.resolve("block"));
    Files.createDirectories(sys.resolve("dev/block"));
    dev = Files.createDirectories(directory.toRealPath().resolve("dev"));
    nodes = new BlockNodes(sys, dev);
  }

  private static void write(Path node, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = node.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue() + "\n");
    }
  }

  /** A whole disk. */
  private Path disk(String bus, String name, long sectors) throws IOException {
    Path node = sys.resolve("devices").resolve(bus).resolve(name);
    write(
        node,
        Map.of(
            "uevent",
            "MAJOR=999\nDEVNAME=" + name + "\nDEVTYPE=disk",
            "dev",
            "999:" + numbers++,
            "size",
            String.valueOf(sectors),
            "ro",
            "0",
            "removable",
            "0",
            "queue/logical_block_size",
            "512"));
    Files.createSymbolicLink(sys.resolve("block").resolve(name), node);
    return node;
  }

  private void part(Path disk, String name, Partition partition) throws IOException {
    write(
        disk.resolve(name),
        Map.of(
            "uevent", "DEVNAME=" + name + "\nDEVTYPE=partition",
            "dev", "999:" + numbers++,
            "partition", String.valueOf(partition.number()),
            "start", String.valueOf(partition.first()),
            "size", String.valueOf(partition.last() - partition.first() + 1)));
  }

  /** A machine's disk whose partitions have names of that form. */
  private Path machine(String bus, String name, String partFormat) throws IOException {
    Path content = dev.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "rw")) {
      file.setLength((long) MIB << 20);
    }
    Command.of(
            "gdisk",
            "sgdisk",
            Partitioning.arguments(content, 512, new DiskSizes(64, 64, 64)).toArray())
        .run();
    Path disk = disk(bus, name, SECTORS);
    for (Partition partition : PartitionTable.read(content, 512).orElseThrow()) {
      part(disk, partFormat.formatted(partition.number()), partition);
    }
    return disk;
  }

  @ParameterizedTest
  @CsvSource({
    "nvme0n1, nvme0n1p%d",
    "mmcblk0, mmcblk0p%d",
    "vda, vda%d",
    "loop0, loop0p%d",
  })
  void lesson34PartitionsAreNamedByTheKernel(String name, String partFormat) throws IOException {
    machine("pci0/" + name, name, partFormat);
    MachineDisk machine = new DiskFinder(nodes).find().getFirst();
    assertEquals(dev.resolve(name), machine.device());
    assertTrue(machine.isComplete());
    assertEquals(dev.resolve(partFormat.formatted(1)), machine.partition(PartitionRole.ESP));
    assertEquals(dev.resolve(partFormat.formatted(4)), machine.partition(PartitionRole.STORE));
  }

  @Test
  void whatCanBeNoMachinesDiskIsNotLookedAt() throws IOException {
    disk("virtual/block", "zram0", 8);
    disk("virtual/block", "dm-0", 8);
    disk("virtual/block", "ram3", 8);
    disk("pci0", "sr0", 8);
    disk("virtual/block", "loop7", 0);
    disk("pci0", "sda", 8);
    assertEquals(List.of("sda"), nodes.disks().stream().map(BlockNode::name).toList());
  }

  @Test
  void diskThatCannotBeReadIsPassedOver() throws IOException {
    disk("pci0", "sda", 8);
    machine("pci1", "sdb", "sdb%d");
    assertEquals(1, new DiskFinder(nodes).find().size());
  }

  @Test
  void tableThatTheKernelHasNotReadGivesNoPartitions() throws IOException {
    Path disk = machine("pci0", "sda", "sda%d");
    Files.writeString(disk.resolve("sda4/start"), "2048");
    MachineDisk machine = new DiskFinder(nodes).find().getFirst();
    assertFalse(machine.isComplete());
    assertThrows(MosException.class, () -> machine.partition(PartitionRole.STORE));
  }

  @Test
  void usbAndRemovableDisksAreTold() throws IOException {
    assertTrue(new BlockNode(disk("pci0/usb3/3-1/host6", "sda", 8), dev).isRemovable());
    Path card = disk("pci0/mmc0", "mmcblk0", 8);
    assertFalse(new BlockNode(card, dev).isRemovable());
    Files.writeString(card.resolve("removable"), "1\n");
    assertTrue(new BlockNode(card, dev).isRemovable());
  }

  /** What stat(2) says about the file system that this test runs on. */
  private static String deviceNumber(Path file) throws IOException {
    long number = (long) Files.getAttribute(file, "unix:dev");
    return ((number >> 8) & 0xfff) + ":" + ((number & 0xff) | ((number >> 12) & 0xfff00));
  }

  @Test
  void diskOfADirectoryIsFoundThroughTheOpenedVolume() throws IOException {
    Path disk = machine("pci0", "nvme0n1", "nvme0n1p%d");
    Path opened = disk("virtual/block", "dm-0", 8);
    Path slaves = Files.createDirectory(opened.resolve("slaves"));
    Files.createSymbolicLink(slaves.resolve("nvme0n1p2"), disk.resolve("nvme0n1p2"));
    Files.createSymbolicLink(sys.resolve("dev/block").resolve(deviceNumber(directory)), opened);
    assertEquals(dev.resolve("nvme0n1"), new DiskFinder(nodes).diskOf(directory).device());
    Files.createSymbolicLink(slaves.resolve("nvme0n1p3"), disk.resolve("nvme0n1p3"));
    MosException e =
        assertThrows(MosException.class, () -> new DiskFinder(nodes).diskOf(directory));
    assertEquals(ErrorCode.NOT_FOUND, e.code());
  }
}
