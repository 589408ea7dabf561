package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import mos.linux.Storage;
import org.jspecify.annotations.Nullable;

/** Directories with everything in them. */
final class Directories {
  private Directories() {}

  /**
   * Makes everything below a directory and itself survive a power cut (fsync(2)). The kernel is
   * told of all files first, so that it need not write its journal for each of them.
   */
  static void flush(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Storage.startWriting(file, 0, attributes.size());
            return FileVisitResult.CONTINUE;
          }
        });
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Storage.flush(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Storage.flush(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
