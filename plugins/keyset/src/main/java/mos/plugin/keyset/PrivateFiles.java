package mos.plugin.keyset;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/** Files and directories with the right mode from the moment they exist. */
final class PrivateFiles {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final int MAX_BYTES = 64 << 10;

  private PrivateFiles() {}

  /** A new directory of mode 0700. */
  static Path directory(Path directory) throws IOException {
    return Files.createDirectory(directory, mode("rwx------"));
  }

  /** A directory, with those above it, of mode 0700 where they do not exist yet. */
  static void directories(Path directory) throws IOException {
    Files.createDirectories(directory, mode("rwx------"));
  }

  /** A new file of mode 0600. */
  static void secret(Path file, String content) throws IOException {
    write(file, content, "rw-------");
  }

  /** A new file that everybody may read who gets into its directory. */
  static void open(Path file, String content) throws IOException {
    write(file, content, "rw-r--r--");
  }

  /** Flushes a directory's entries to disk. */
  static void flush(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  /**
   * Reads a certificate or another file that is no secret.
   *
   * @throws MosException NOT_FOUND, INVALID when it is too large to be one, RESOURCE
   */
  static Bytes read(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw MosException.invalid(file + ": is larger than " + MAX_BYTES + " bytes");
      }
      return Bytes.copyOf(content);
    } catch (NoSuchFileException e) {
      throw MosException.notFound(file + ": no such file");
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /**
   * Reads a private key. As ssh does, a file of ours that others may read is not used: whoever put
   * it there must know that it is no longer private.
   *
   * @throws MosException INVALID when group or others have any right on it
   */
  static Bytes readSecret(Path file) {
    Bytes content = read(file);
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      boolean ours =
          Files.getAttribute(file, "unix:uid")
              .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
      if (ours && !OWNER_ONLY.containsAll(permissions)) {
        throw MosException.invalid(
            file
                + ": a private key with mode "
                + PosixFilePermissions.toString(permissions)
                + " is open to others; chmod 600 it, or make a new one");
      }
    } catch (IOException e) {
      throw MosException.io("cannot read the mode of " + file, e);
    }
    return content;
  }

  private static void write(Path file, String content, String mode) throws IOException {
    try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), mode(mode))) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }
}
