package mos.plugin.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import mos.linux.FileDescriptor;
import mos.linux.Storage;

/**
 * The steps in which a system partition changes; a power cut may come between any two. What the
 * order of flushes is good for on FAT stands in ADR 62.
 */
class FileSteps {
  /** Creates a directory, durably. */
  void create(Path directory) throws IOException {
    Files.createDirectory(directory);
    Storage.flushFileSystem(directory);
  }

  /** Writes a new file, durably, but for its name. */
  void write(Path file, InputStream content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.transferTo(Channels.newOutputStream(channel));
      channel.force(true);
    }
    Storage.flushFileSystem(file);
  }

  /** Gives a file a name that no other has, durably. */
  void rename(Path file, Path name) throws IOException {
    Files.move(file, name, StandardCopyOption.ATOMIC_MOVE);
    Storage.flushFileSystem(name);
  }

  /**
   * Gives a file the name of another, durably. A file that lost its name loses its clusters at
   * once, which may reach the disk before the name does; while it is open it keeps them. And the
   * directory goes first: two names of one content would be worse than none of the new one.
   */
  void replace(Path file, Path name) throws IOException {
    try (FileDescriptor old = FileDescriptor.read(name)) {
      Files.move(file, name, StandardCopyOption.ATOMIC_MOVE);
      Storage.flush(name.resolveSibling("."));
      Storage.flushFileSystem(old.path());
    }
    Storage.flushFileSystem(name);
  }

  /** Removes a file, durably. */
  void delete(Path file) throws IOException {
    Files.delete(file);
    Storage.flushFileSystem(file.resolveSibling("."));
  }
}
