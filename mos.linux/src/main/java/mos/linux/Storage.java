package mos.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.spi.MosException;

/** Making files durable, and copying them without reading them. */
public final class Storage {
  private static final long FICLONE = 0x40049409;
  private static final int RANGE_WRITE = 2;

  private Storage() {}

  /** Flushes a file or a directory to the disk. */
  public static void flush(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw MosException.io("cannot flush " + path, e);
    }
  }

  /** Flushes everything of the file system that a path is on (syncfs(2)). */
  public static void flushFileSystem(Path path) {
    try (FileDescriptor file = FileDescriptor.read(path)) {
      Libc.call("syncfs", path.toString(), file.number());
    }
  }

  /**
   * Lets the kernel begin to write a part of a file to the disk, and does not wait for it
   * (sync_file_range(2)). A hint: nothing is durable before a flush.
   *
   * @param file the file
   * @param offset in bytes
   * @param length in bytes
   */
  public static void startWriting(Path file, long offset, long length) {
    try (FileDescriptor open = FileDescriptor.write(file)) {
      Libc.call("sync_file_range", file.toString(), open.number(), offset, length, RANGE_WRITE);
    } catch (LinuxException e) {
      // Not every file system can; flushing it later does the same work.
      return;
    }
  }

  /**
   * Makes {@code target}, an existing empty file, share the blocks of {@code source}
   * (ioctl_ficlone(2)).
   *
   * @return false when the file system cannot
   */
  public static boolean reflink(Path source, Path target) {
    try (FileDescriptor from = FileDescriptor.read(source);
        FileDescriptor to = FileDescriptor.write(target)) {
      Libc.call("ioctl", target.toString(), to.number(), FICLONE, from.number());
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }
}
