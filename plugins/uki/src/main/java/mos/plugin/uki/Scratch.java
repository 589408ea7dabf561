package mos.plugin.uki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.linux.DirectoryTree;
import mos.spi.MosException;

/** A directory beside a result, for what is only needed while it is made. */
final class Scratch implements AutoCloseable {
  private final Path directory;

  private Scratch(Path directory) {
    this.directory = directory;
  }

  /** A new one, on the file system of the result. */
  static Scratch beside(Path result) throws IOException {
    Path parent = result.toAbsolutePath().getParent();
    if (parent == null) {
      throw MosException.invalid(result + ": cannot be made");
    }
    return new Scratch(Files.createTempDirectory(parent, ".mos-"));
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** A new directory in it. */
  Path directory(String name) throws IOException {
    return Files.createDirectories(path(name));
  }

  @Override
  public void close() throws IOException {
    DirectoryTree.remove(directory);
  }
}
