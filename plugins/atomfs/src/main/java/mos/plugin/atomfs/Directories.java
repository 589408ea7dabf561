package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;

/** Creating directories so that it can be undone. */
final class Directories {
  private Directories() {}

  /**
   * Creates a directory and what is missing above it.
   *
   * @return whether it was missing
   * @throws MosException INVALID when something else has its name
   */
  static boolean create(Path path, UndoLog undo) {
    Path parent = path.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      create(parent, undo);
    }
    try {
      Files.createDirectory(path);
      undo.push("remove " + path, () -> Files.deleteIfExists(path));
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw new MosException(ErrorCode.INVALID, path + ": is not a directory", e);
      }
      return false;
    } catch (IOException e) {
      throw MosException.io("cannot create " + path, e);
    }
  }
}
