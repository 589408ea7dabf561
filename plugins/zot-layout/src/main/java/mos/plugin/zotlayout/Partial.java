package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import mos.linux.Flock;
import mos.linux.LinuxException;
import mos.spi.MosException;

/**
 * A file that is not whole yet, in {@code .uploads} of its layout. Its writer holds a lock on it:
 * one that nobody has locked is what a crashed writer left, to be resumed or removed.
 */
final class Partial implements AutoCloseable {
  /** Beginning of the names of all our files that are not whole. */
  static final String PREFIX = "mos-";

  private static final int TRIES = 1000;

  private final Path path;
  private final Flock lock;
  private final FileChannel channel;
  private boolean named;

  private Partial(Path path, Flock lock, FileChannel channel) {
    this.path = path;
    this.lock = lock;
    this.channel = channel;
  }

  /**
   * Opens what a crashed writer left, or a new file.
   *
   * @param name what it will be, for instance a blob's digest
   */
  static Partial open(LayoutFrame frame, Layout layout, String name) {
    int number = 0;
    for (int i = 0; i < TRIES; i++) {
      Path path = layout.uploads().resolve(PREFIX + name + (number == 0 ? "" : "-" + number));
      try {
        Optional<Flock> lock = Flock.tryLock(path, Flock.Mode.EXCLUSIVE, true);
        if (lock.isEmpty()) {
          number++;
        } else if (lock.get().isStill(path)) {
          return open(path, lock.get());
        } else {
          // Between our opening and locking it, its writer gave it its final name or removed it.
          lock.get().close();
        }
      } catch (LinuxException e) {
        if (e.errno() != LinuxException.ENOENT) {
          throw e;
        }
        frame.make();
      }
    }
    throw MosException.notFound(layout.uploads() + ": cannot make a file in it");
  }

  private static Partial open(Path path, Flock lock) {
    try {
      FileChannel channel =
          FileChannel.open(lock.file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new Partial(path, lock, channel);
    } catch (IOException e) {
      lock.close();
      throw MosException.io("cannot open " + path, e);
    }
  }

  /** Its name while it is not whole. */
  Path path() {
    return path;
  }

  /** A path that means this very file. */
  Path file() {
    return lock.file();
  }

  FileChannel channel() {
    return channel;
  }

  /** Makes it durable. */
  void flush() throws IOException {
    channel.force(true);
  }

  /** Gives it its final name, in place of what has it now. */
  void publish(Path name) throws IOException {
    Files.move(path, name, StandardCopyOption.ATOMIC_MOVE);
    named = true;
  }

  /**
   * Gives it its final name too.
   *
   * @throws java.nio.file.FileAlreadyExistsException when something has that name
   */
  void publishNew(Path name) throws IOException {
    Files.createLink(name, path);
  }

  /** A stream that writes it anew; closing the stream does not close this. */
  OutputStream rewrite() throws IOException {
    channel.truncate(0);
    return Files.newOutputStream(file(), StandardOpenOption.WRITE);
  }

  /** Removes it, unless it has its final name. */
  @Override
  public void close() {
    try (lock;
        channel) {
      if (!named) {
        named = true;
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw MosException.io("cannot remove " + path, e);
    }
  }

  /** Leaves what there is of it to the next writer of the same, as a crash would. */
  void leave() {
    named = true;
    close();
  }

  /** Removes what crashed writers left in a layout. */
  static void sweep(Layout layout) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(layout.uploads(), PREFIX + "*")) {
      for (Path path : left) {
        removeIfLeft(path);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw MosException.io("cannot clean " + layout.uploads(), e);
    }
  }

  private static void removeIfLeft(Path path) throws IOException {
    try {
      Optional<Flock> lock = Flock.tryLock(path, Flock.Mode.EXCLUSIVE, false);
      if (lock.isPresent()) {
        try (Flock free = lock.get()) {
          if (free.isStill(path)) {
            Files.delete(path);
          }
        }
      }
    } catch (LinuxException e) {
      if (e.errno() != LinuxException.ENOENT) {
        throw e;
      }
    }
  }
}
