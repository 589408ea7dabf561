package mos.linux;

import java.nio.file.Path;

/** An open file descriptor; closing it twice does nothing the second time. Not thread-safe. */
public final class FileDescriptor implements AutoCloseable {
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_EXCL = 0200;
  private static final int O_DIRECTORY = 0200000;
  private static final int O_PATH = 010000000;
  private static final int O_CLOEXEC = 02000000;

  private final String about;
  private int number;

  FileDescriptor(int number, String about) {
    this.number = number;
    this.about = about;
  }

  private static FileDescriptor open(Path path, int flags) {
    String about = path.toString();
    return new FileDescriptor(
        Libc.call("open", about, Libc.string(about), flags | O_CLOEXEC), about);
  }

  /** Opens a file for reading. */
  public static FileDescriptor read(Path path) {
    return open(path, 0);
  }

  /** Opens a file for reading and writing. */
  public static FileDescriptor readWrite(Path path) {
    return open(path, O_RDWR);
  }

  /** Opens a file for writing. */
  public static FileDescriptor write(Path path) {
    return open(path, O_WRONLY);
  }

  /**
   * Opens a block device for reading, for nobody but us: the kernel refuses to mount or to claim
   * it, whole or a partition of it, while it is open (open(2), O_EXCL).
   *
   * @throws LinuxException EBUSY when somebody has it mounted or claimed
   */
  public static FileDescriptor claim(Path device) {
    return open(device, O_EXCL);
  }

  /** Opens a directory as a place only. */
  public static FileDescriptor directory(Path path) {
    return open(path, O_PATH | O_DIRECTORY);
  }

  /** The number. */
  public int number() {
    if (number < 0) {
      throw new IllegalStateException(about + " is closed");
    }
    return number;
  }

  /** A path that means this very file, whatever its name means by now. */
  public Path path() {
    return Path.of("/proc/self/fd/" + number());
  }

  /** The same for a program that we start; it must be allowed to look into this process. */
  public Path pathForOthers() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + number());
  }

  @Override
  public void close() {
    if (number >= 0) {
      int open = number;
      number = -1;
      Libc.call("close", about, open);
    }
  }

  @Override
  public String toString() {
    return about;
  }
}
