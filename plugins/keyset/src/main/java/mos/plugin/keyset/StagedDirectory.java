package mos.plugin.keyset;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import mos.linux.DirectoryTree;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is filled under a hidden name and then renamed into place, so that it is there
 * with all its content or not at all. One process at a time does this in a tree of keysets; what an
 * interrupted one has left is removed by the next.
 */
final class StagedDirectory implements AutoCloseable {
  private static final String PREFIX = ".new-";
  private static final String LOCK = ".lock";

  private final FileChannel lock;
  private final Path target;
  private final Path staged;

  private StagedDirectory(FileChannel lock, Path target, Path staged) {
    this.lock = lock;
    this.target = target;
    this.staged = staged;
  }

  /**
   * Begins a directory.
   *
   * @param root of all keysets; holds the lock
   * @param target the directory to be, whose parent exists
   * @throws MosException USAGE when the target exists, BUSY when this process is at it already
   */
  static StagedDirectory begin(Path root, Path target) throws IOException {
    FileChannel lock = lock(root);
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new MosException(ErrorCode.USAGE, target + ": exists already; nothing was changed");
      }
      Path parent = parent(target);
      try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent, PREFIX + "*")) {
        for (Path leftover : leftovers) {
          DirectoryTree.remove(leftover);
        }
      }
      Path staged = PrivateFiles.directory(parent.resolve(PREFIX + target.getFileName()));
      return new StagedDirectory(lock, target, staged);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Where to put the content. */
  Path path() {
    return staged;
  }

  /** Flushes the content and gives it its name. */
  void commit() throws IOException {
    Files.walkFileTree(
        staged,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem)
              throws IOException {
            PrivateFiles.flush(directory);
            return FileVisitResult.CONTINUE;
          }
        });
    Files.move(staged, target, ATOMIC_MOVE);
    PrivateFiles.flush(parent(target));
  }

  /** Removes what was not committed, and lets others begin. */
  @Override
  public void close() throws IOException {
    try (lock) {
      DirectoryTree.remove(staged);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(LOCK),
            Set.of(CREATE, WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      // Released when the channel is closed, also by the end of the process.
      channel.lock();
      return channel;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new MosException(ErrorCode.BUSY, root + ": this process is changing it already", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Path parent(Path target) {
    Path parent = target.getParent();
    if (parent == null) {
      throw new MosException(ErrorCode.USAGE, target + ": cannot be made");
    }
    return parent;
  }
}
