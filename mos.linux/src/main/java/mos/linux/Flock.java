package mos.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock on a file or a directory (flock(2)): it belongs to the open file and goes with the
 * process.
 */
public final class Flock implements AutoCloseable {
  private static final int O_RDONLY_CLOEXEC_NOFOLLOW = 02000000 | 0400000;
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0100;
  private static final int SHARED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int NON_BLOCKING = 4;
  private static final long POLL_NANOS = 2_000_000;

  private final FileDescriptor file;

  private Flock(FileDescriptor file) {
    this.file = file;
  }

  /** Who may hold the lock beside us. */
  public enum Mode {
    /** Other readers. */
    SHARED,
    /** Nobody. */
    EXCLUSIVE
  }

  /**
   * Takes the lock if nobody else's is in the way.
   *
   * @param create whether to create the file when it does not exist, mode 0644
   * @return empty when somebody else holds it
   * @throws LinuxException ENOENT when the file does not exist and is not to be created
   */
  public static Optional<Flock> tryLock(Path path, Mode mode, boolean create) {
    // Locks over NFS want the file open for writing, which a directory cannot be.
    int write = mode == Mode.EXCLUSIVE && !Files.isDirectory(path) ? O_RDWR : 0;
    int flags = O_RDONLY_CLOEXEC_NOFOLLOW | write | (create ? O_CREAT : 0);
    String about = path.toString();
    FileDescriptor file =
        new FileDescriptor(Libc.call("open", about, Libc.string(about), flags, 0644), about);
    try {
      Libc.call(
          "flock",
          about,
          file.number(),
          (mode == Mode.EXCLUSIVE ? EXCLUSIVE : SHARED) | NON_BLOCKING);
      return Optional.of(new Flock(file));
    } catch (LinuxException e) {
      file.close();
      if (e.errno() == LinuxException.EAGAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Takes the lock, waiting for whoever holds it.
   *
   * @param patience how long at most
   * @return empty when somebody else held it all the time
   * @throws LinuxException ENOENT when the file does not exist and is not to be created
   */
  public static Optional<Flock> lock(Path path, Mode mode, boolean create, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<Flock> lock = tryLock(path, mode, create);
      if (lock.isPresent() || System.nanoTime() - deadline >= 0) {
        return lock;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Whether the locked file is still the one that a path names. */
  public boolean isStill(Path path) {
    try {
      Object named =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return named.equals(Files.readAttributes(file(), BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  /** The locked file, whatever its name means by now. */
  public Path file() {
    return file.path();
  }

  @Override
  public String toString() {
    return "lock on " + file;
  }

  /** Gives the lock up. */
  @Override
  public void close() {
    file.close();
  }
}
