package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * A block device as the kernel describes it (sysfs, Documentation/ABI/stable/sysfs-block).
 *
 * @param directory its directory in {@code /sys/devices}
 * @param dev where device nodes are
 */
record BlockNode(Path directory, Path dev) {
  private static final int SYSFS_SECTOR = 512;

  /** The kernel's name. */
  String name() {
    return directory.getFileName().toString();
  }

  /** Its node: {@code cciss/c0d0} and others have names that the directory's does not tell. */
  Path node() {
    return dev.resolve(
        text("uevent")
            .lines()
            .filter(line -> line.startsWith("DEVNAME="))
            .map(line -> line.substring("DEVNAME=".length()))
            .findFirst()
            .orElse(name()));
  }

  /** {@code major:minor}. */
  String number() {
    return text("dev");
  }

  /** How many bytes it has. */
  long size() {
    return number("size") * SYSFS_SECTOR;
  }

  /** Bytes of a logical sector. */
  int sectorSize() {
    return Math.toIntExact(disk().number("queue/logical_block_size"));
  }

  /** Whether it cannot be written. */
  boolean isReadOnly() {
    return number("ro") != 0;
  }

  /** Whether it can be taken out, or comes over USB. */
  boolean isRemovable() {
    boolean usb = false;
    for (Path part : directory) {
      usb |= part.toString().matches("usb[0-9]+");
    }
    return usb || disk().number("removable") != 0;
  }

  /** Whether it is a part of a disk. */
  boolean isPartition() {
    return Files.exists(directory.resolve("partition"));
  }

  /** As what part of its disk the kernel counts it. */
  int partitionNumber() {
    return Math.toIntExact(number("partition"));
  }

  /** Where on its disk it begins, in bytes. */
  long start() {
    return number("start") * SYSFS_SECTOR;
  }

  /** The whole disk. */
  BlockNode disk() {
    return isPartition()
        ? new BlockNode(Optional.ofNullable(directory.getParent()).orElseThrow(), dev)
        : this;
  }

  /** Its parts. */
  List<BlockNode> partitions() {
    return list("").stream()
        .map(child -> new BlockNode(child, dev))
        .filter(BlockNode::isPartition)
        .sorted(Comparator.comparingInt(BlockNode::partitionNumber))
        .toList();
  }

  /** The names of devices that are made of this one. */
  List<String> holders() {
    return list("holders").stream().map(child -> child.getFileName().toString()).toList();
  }

  /** What it is made of. */
  List<BlockNode> slaves() {
    return list("slaves").stream().map(child -> real(child, dev)).toList();
  }

  /** A device whose directory a link names. */
  static BlockNode real(Path link, Path dev) {
    try {
      return new BlockNode(link.toRealPath(), dev);
    } catch (IOException e) {
      throw MosException.io("cannot read " + link, e);
    }
  }

  private List<Path> list(String child) {
    try (Stream<Path> children = Files.list(directory.resolve(child))) {
      return children.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw MosException.io("cannot list " + directory.resolve(child), e);
    }
  }

  private long number(String child) {
    try {
      return Long.parseLong(text(child));
    } catch (NumberFormatException e) {
      throw new MosException(ErrorCode.RESOURCE, directory.resolve(child) + ": is no number", e);
    }
  }

  private String text(String child) {
    try {
      return Files.readString(directory.resolve(child)).strip();
    } catch (IOException e) {
      throw MosException.io("cannot read " + directory.resolve(child), e);
    }
  }
}
