package mos.plugin.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** The block devices of a machine. */
record BlockNodes(Path sys, Path dev) {
  private static final int S_IFMT = 0170000;
  private static final int S_IFBLK = 0060000;

  /** Those of this machine. */
  static BlockNodes here() {
    return new BlockNodes(Path.of("/sys"), Path.of("/dev"));
  }

  /** What can be a machine's disk: no memory, no optical drive, nothing made of other devices. */
  List<BlockNode> disks() {
    return all("(dm-|zram|ram|sr|fd|md|mtdblock)[0-9]+");
  }

  /** What can be a medium: a disk, or a disc in an optical drive. */
  List<BlockNode> media() {
    return all("(dm-|zram|ram|fd|md|mtdblock)[0-9]+");
  }

  private List<BlockNode> all(String without) {
    try (Stream<Path> all = Files.list(sys.resolve("block"))) {
      return all.sorted()
          .filter(link -> !link.getFileName().toString().matches(without))
          .map(link -> BlockNode.real(link, dev))
          .filter(node -> node.size() > 0)
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw MosException.io("cannot list " + sys.resolve("block"), e);
    }
  }

  /**
   * The device that a node means, whatever its name.
   *
   * @throws MosException NOT_FOUND when there is none; USAGE when it is no block device
   */
  BlockNode of(Path node) {
    try {
      int mode = (int) Files.getAttribute(node, "unix:mode");
      if ((mode & S_IFMT) != S_IFBLK) {
        throw new MosException(ErrorCode.USAGE, node + ": is no block device");
      }
      return numbered((long) Files.getAttribute(node, "unix:rdev"))
          .orElseThrow(() -> MosException.notFound(node + ": the kernel has no such device"));
    } catch (NoSuchFileException e) {
      throw new MosException(ErrorCode.NOT_FOUND, node + ": there is no such device", e);
    } catch (IOException e) {
      throw MosException.io("cannot look at " + node, e);
    }
  }

  /** The device that a file system is on; none for one without, or with several. */
  Optional<BlockNode> under(Path file) {
    try {
      return numbered((long) Files.getAttribute(file, "unix:dev"));
    } catch (IOException e) {
      throw MosException.io("cannot look at " + file, e);
    }
  }

  /** A device by its number, as stat(2) gives it. */
  private Optional<BlockNode> numbered(long number) {
    long major = ((number >> 8) & 0xfff) | ((number >> 32) & ~0xfffL);
    long minor = (number & 0xff) | ((number >> 12) & ~0xffL & 0xffffffffL);
    Path link = sys.resolve("dev/block/" + major + ":" + minor);
    return Files.exists(link) ? Optional.of(BlockNode.real(link, dev)) : Optional.empty();
  }
}
