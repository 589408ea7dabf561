package mos.testkit.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory for sockets, whose paths may have no more than 107 bytes: in the directory of
 * temporary files, and removed with the JVM at the latest.
 */
final class SocketDirectory implements AutoCloseable {
  private final Path path;
  private final Thread atExit;

  SocketDirectory() {
    try {
      path = Files.createTempDirectory("mos-vm");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    atExit = new Thread(() -> FileTree.remove(path));
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** A socket in it. */
  Path socket(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    FileTree.remove(path);
    ChildProcess.forget(atExit);
  }
}
