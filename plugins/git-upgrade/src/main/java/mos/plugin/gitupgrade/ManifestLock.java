package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import mos.linux.Flock;
import mos.linux.LinuxException;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * The lock on a host's state, {@code manifest.lock} under flock(2), as the Go original takes it.
 * Whoever changes the state holds it exclusively and writes into it who he is; readers share it.
 *
 * <p>The file may be removed by its holder, so whoever gets the lock looks whether the file is
 * still the one that everybody else would find.
 */
final class ManifestLock implements AutoCloseable {
  /** How often a held lock is tried again, and how long to wait between, in milliseconds. */
  private static final int ATTEMPTS = 10;

  private static final long PAUSE_MS = 100;

  private final Path file;
  private final Flock flock;
  private final boolean created;
  private final Optional<byte[]> before;
  private boolean keep;

  private ManifestLock(Path file, Flock flock, boolean created, Optional<byte[]> before) {
    this.file = file;
    this.flock = flock;
    this.created = created;
    this.before = before;
  }

  /**
   * The shared lock; empty when there is no lock file, because then nobody has ever changed
   * anything there.
   *
   * @throws MosException BUSY when a writer holds it
   */
  static Optional<ManifestLock> shared(Path file) {
    try {
      return Optional.of(
          new ManifestLock(file, acquire(file, Flock.Mode.SHARED), false, Optional.empty()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw MosException.io("cannot lock " + file, e);
    }
  }

  /**
   * The exclusive lock; creates the file when there is none.
   *
   * @param owner what it is taken for
   * @throws NoSuchFileException when the file's directory is not there (any more)
   * @throws MosException BUSY when somebody holds it
   */
  static ManifestLock exclusive(Path file, String owner) throws IOException {
    while (true) {
      boolean created = create(file);
      Flock flock;
      try {
        flock = acquire(file, Flock.Mode.EXCLUSIVE);
      } catch (NoSuchFileException e) {
        // The holder removed it while we waited: begin again.
        continue;
      }
      try {
        byte[] before = Files.readAllBytes(file);
        String line = ProcessHandle.current().pid() + " " + owner + "\n";
        Files.writeString(file, line, StandardCharsets.UTF_8);
        return new ManifestLock(file, flock, created, Optional.of(before));
      } catch (IOException e) {
        if (created) {
          Files.deleteIfExists(file);
        }
        flock.close();
        throw e;
      }
    }
  }

  /** The file stays after the lock is given back: there is something to lock from now on. */
  void keepFile() {
    keep = true;
  }

  @Override
  public void close() {
    try (flock) {
      if (before.isEmpty()) {
        return;
      }
      if (keep) {
        Files.write(file, new byte[0]);
      } else if (created) {
        Files.deleteIfExists(file);
      } else {
        Files.write(file, before.get());
      }
    } catch (IOException e) {
      throw MosException.io("cannot give back the lock " + file, e);
    }
  }

  private static boolean create(Path file) throws IOException {
    try {
      Files.createFile(file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static Flock acquire(Path file, Flock.Mode mode) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<Flock> flock = tryLock(file, mode);
      if (flock.isPresent()) {
        if (Files.exists(file) && Files.isSameFile(flock.get().file(), file)) {
          return flock.get();
        }
        flock.get().close();
        throw new NoSuchFileException(file.toString());
      }
      if (attempt >= ATTEMPTS) {
        throw busy(file);
      }
      pause();
    }
  }

  private static Optional<Flock> tryLock(Path file, Flock.Mode mode) throws NoSuchFileException {
    try {
      return Flock.tryLock(file, mode, false);
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ENOENT) {
        throw new NoSuchFileException(file.toString());
      }
      throw e;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static MosException busy(Path file) throws IOException {
    return new MosException(
        ErrorCode.BUSY,
        file
            + " is locked by "
            + LockHolder.of(file).orElse("another process")
            + "; wait until it has ended");
  }
}
