package mos.plugin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import mos.linux.BlockDevice;
import mos.linux.Command;
import mos.linux.LinuxException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.event.Event;
import mos.spi.event.EventSink;

/** Writes a new partition table by {@code sgdisk}, and waits for the kernel to know it. */
record Partitioning(BlockNodes nodes) {
  private static final int MIB = 1 << 20;

  /** So much of a sealed partition a LUKS header takes. */
  private static final int HEADER_MIB = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(20);

  /** The store is last: it gets what is left. */
  private static final List<PartitionRole> ORDER =
      List.of(PartitionRole.ESP, PartitionRole.CONFIG, PartitionRole.SCRATCH, PartitionRole.STORE);

  /** Does it. */
  MachineDisk partition(Path device, DiskSizes sizes, EventSink events) {
    BlockNode disk = nodes.of(device);
    events.accept(new Event.Detail("wiping " + disk.node()));
    for (BlockNode old : disk.partitions()) {
      wipe(old.node());
    }
    wipe(disk.node());
    events.accept(new Event.Detail("partitioning " + disk.node()));
    Command.of("gdisk", "sgdisk", arguments(disk.node(), disk.sectorSize(), sizes).toArray()).run();
    MachineDisk machine = wait(disk);
    for (PartitionRole role : ORDER) {
      // What lay there before can be seen again, now that a partition begins in front of it.
      wipe(machine.partition(role));
      zero(machine.partition(role));
    }
    return machine;
  }

  /** What sgdisk is told. */
  static List<Object> arguments(Path device, int sectorSize, DiskSizes sizes) {
    List<Object> arguments = new ArrayList<>();
    arguments.add("--clear");
    arguments.add("--set-alignment=" + MIB / sectorSize);
    for (int i = 0; i < ORDER.size(); i++) {
      PartitionRole role = ORDER.get(i);
      int number = i + 1;
      arguments.add("--new=" + number + ":0:" + end(role, sizes));
      arguments.add("--typecode=" + number + ":" + role.type());
      arguments.add("--change-name=" + number + ":" + role.label());
    }
    arguments.add(device);
    return arguments;
  }

  private static String end(PartitionRole role, DiskSizes sizes) {
    return switch (role) {
      case ESP -> "+" + sizes.espMiB() + "M";
      case CONFIG -> "+" + sizes.configMiB() + "M";
      case SCRATCH -> "+" + sizes.scratchMiB() + "M";
      case STORE -> "0";
    };
  }

  private static void wipe(Path device) {
    Command.of("util-linux", "wipefs", "--all", device).run();
  }

  private static void zero(Path device) {
    ByteBuffer zeros = ByteBuffer.allocate(MIB);
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      for (int i = 0; i < HEADER_MIB; i++) {
        zeros.clear();
        while (zeros.hasRemaining()) {
          channel.write(zeros);
        }
      }
      channel.force(true);
    } catch (IOException e) {
      throw MosException.io("cannot wipe " + device, e);
    }
  }

  /** Until the kernel has the partitions that we wrote, and each has a node. */
  private MachineDisk wait(BlockNode disk) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<MosException> reason = Optional.empty();
    while (System.nanoTime() < deadline) {
      try {
        Optional<MachineDisk> machine = new DiskFinder(nodes).machine(disk);
        if (machine.filter(MachineDisk::isComplete).isPresent()) {
          disk.partitions().forEach(Partitioning::makeNode);
          return machine.get();
        }
        // Somebody who looks at the new disk, such as udev, keeps the kernel from doing it.
        BlockDevice.rereadPartitions(disk.node());
        addPartitions(disk);
      } catch (LinuxException e) {
        reason = Optional.of(e);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    String why = reason.map(e -> ": " + e.getMessage()).orElse("");
    throw new MosException(
        ErrorCode.RESOURCE,
        disk.node()
            + ": its new partitions did not appear within "
            + PATIENCE.toSeconds()
            + " s"
            + why);
  }

  /** Where the kernel does not know this kind of table. */
  private static void addPartitions(BlockNode disk) {
    if (disk.partitions().isEmpty()) {
      long sector = disk.sectorSize();
      for (Partition partition : DiskFinder.table(disk)) {
        BlockDevice.addPartition(
            disk.node(),
            partition.number(),
            partition.first() * sector,
            (partition.last() - partition.first() + 1) * sector);
      }
    }
  }

  /** Where neither devtmpfs nor udev makes it. */
  private static void makeNode(BlockNode partition) {
    if (!Files.exists(partition.node())) {
      String[] number = partition.number().split(":", 2);
      BlockDevice.makeNode(
          partition.node(), Integer.parseInt(number[0]), Integer.parseInt(number[1]));
    }
  }
}
