package mos.linux;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/** Directories with everything in them. */
public final class DirectoryTree {
  private DirectoryTree() {}

  /**
   * Removes a directory with everything in it, or whatever else has that name; does nothing when
   * there is nothing. Symbolic links are removed and never followed. Where something is mounted at
   * it or in it nothing is removed: what a mount shows belongs to somebody else.
   *
   * <p>The mounts are looked at once, before: nobody else may mount in it meanwhile.
   *
   * @throws IOException when something is mounted there, or cannot be removed; in the second case
   *     the rest may be gone
   * @throws MosException RESOURCE when the mount table cannot be read
   */
  public static void remove(Path tree) throws IOException {
    if (Files.notExists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
      refuseMounts(tree.toRealPath());
    }
    Files.walkFileTree(tree, new Removal());
  }

  /** Also of the same file system: a bind mount has no other device to be told by. */
  private static void refuseMounts(Path tree) throws IOException {
    for (MountTable.Entry mount : MountTable.current().entries()) {
      if (mount.point().startsWith(tree)) {
        throw new FileSystemException(
            mount.point().toString(), null, "something is mounted there, so it is not removed");
      }
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
