package mos.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.spi.MosException;

/** A host that copies an image's files instead of mounting them: every user can run its tests. */
public final class CopyingHost extends TestHost {
  /**
   * @param root the host's root, an empty directory
   */
  public CopyingHost(Path root) {
    super(root);
  }

  @Override
  protected void attach(Map<String, String> files, Path destination, boolean writable) {
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = destination.resolve(file.getKey());
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, file.getValue());
      }
    } catch (IOException e) {
      throw MosException.io("cannot fill " + destination, e);
    }
  }

  @Override
  protected void detach(Path destination) {
    try (Stream<Path> paths = Files.walk(destination)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        if (!path.equals(destination)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw MosException.io("cannot clear " + destination, e);
    }
  }
}
