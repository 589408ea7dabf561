package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.model.Bytes;

/**
 * The directory that an image is mounted on. Where it had to be created it goes with the mount;
 * which directories those are is kept in the run directory. The record decides about nothing else:
 * only empty directories are removed.
 */
final class MountPoint {
  private final Path destination;
  private final Path record;

  /**
   * @param destination an absolute path without symbolic links
   * @param run where the record is kept
   */
  MountPoint(Path destination, Path run) {
    this.destination = destination;
    this.record =
        run.resolve(
            "created-" + Bytes.utf8(destination.toString()).digest().hex().substring(0, 32));
  }

  /** Creates what is missing. */
  void create(UndoLog undo) {
    List<String> missing = new ArrayList<>();
    for (Path at = destination; at != null && Files.notExists(at); at = at.getParent()) {
      missing.add(at.toString());
    }
    if (!missing.isEmpty()) {
      write(String.join("\0", missing));
      undo.push("remove " + record, () -> Files.deleteIfExists(record));
    }
    Directories.create(destination, undo);
  }

  private void write(String text) {
    Path part = record.resolveSibling(record.getFileName() + ".part");
    try {
      Files.writeString(part, text);
      Files.move(part, record, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw MosException.io("cannot write " + record, e);
    }
  }

  /** Removes what {@link #create} created and nobody else uses. */
  void remove() {
    String created;
    try {
      created = new String(Files.readAllBytes(record), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw MosException.io("cannot read " + record, e);
    }
    try {
      for (String path : created.split("\0", -1)) {
        Files.deleteIfExists(Path.of(path));
      }
      Files.delete(record);
    } catch (DirectoryNotEmptyException e) {
      // Somebody put something there: it and what is above it stay.
      forget();
    } catch (IOException e) {
      throw MosException.io("cannot remove the mount point " + destination, e);
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(record);
    } catch (IOException e) {
      throw MosException.io("cannot remove " + record, e);
    }
  }
}
