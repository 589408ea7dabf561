package mos.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/**
 * Variables of the firmware (UEFI 2.10, 8.2), as efivarfs shows them. Whoever has the machine can
 * set most of them: they are hints.
 */
public final class EfiVariables {
  /** The vendor of the firmware's own variables. */
  public static final UUID GLOBAL = UUID.fromString("8be4df61-93ca-11d2-aa0d-00e098032b8c");

  /** The vendor of what the boot loader tells (Boot Loader Interface). */
  public static final UUID LOADER = UUID.fromString("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f");

  private static final Path MOUNTED = Path.of("/sys/firmware/efi/efivars");
  private static final int ATTRIBUTES = Integer.BYTES;
  private static final int MOST = 64 << 10;

  /** Non-volatile, for boot services and the running system (UEFI 2.10, 8.2.1). */
  private static final int KEPT_AND_SEEN_ALWAYS = 7;

  /** ioctl_iflags(2), FS_IOC_SETFLAGS. */
  private static final long SET_FLAGS = 0x40086602;

  private final Path directory;

  private EfiVariables(Path directory) {
    this.directory = directory;
  }

  /** Those of this machine; none on one without such firmware, or where efivarfs is not mounted. */
  public static EfiVariables here() {
    return in(MOUNTED);
  }

  /** Those in a directory that looks like efivarfs. */
  public static EfiVariables in(Path directory) {
    return new EfiVariables(directory);
  }

  /**
   * A variable without its attributes.
   *
   * @return empty when there is none
   * @throws MosException INVALID when it is larger than 64 KiB
   */
  public Optional<Bytes> read(String name, UUID vendor) {
    Path file = directory.resolve(name + "-" + vendor);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = readAll(in);
      if (content.length < ATTRIBUTES || content.length > ATTRIBUTES + MOST) {
        throw MosException.invalid(file + ": is no variable of at most " + MOST + " bytes");
      }
      return Optional.of(Bytes.copyOf(Arrays.copyOfRange(content, ATTRIBUTES, content.length)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /** By reading alone: efivarfs refuses to seek, with which the JDK would look for the size. */
  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] buffer = new byte[ATTRIBUTES + MOST + 1];
    for (int n = in.read(buffer); n > 0; n = in.read(buffer, 0, buffer.length - content.size())) {
      content.write(buffer, 0, n);
    }
    return content.toByteArray();
  }

  /** Whether the firmware says that it starts only what is signed ({@code SecureBoot}). */
  public boolean isSecureBoot() {
    return read("SecureBoot", GLOBAL)
        .map(value -> value.size() == 1 && value.toArray()[0] == 1)
        .orElse(false);
  }

  /**
   * Has the boot loader start an entry at the next boot, and only then ({@code
   * LoaderEntryOneShot}).
   *
   * @param entry its name, or a pattern
   * @return false on a machine whose firmware keeps no variables, or where they cannot be written
   */
  public boolean startOnce(String entry) {
    Path file = directory.resolve("LoaderEntryOneShot-" + LOADER);
    if (!Files.isWritable(directory)) {
      return false;
    }
    byte[] text = (entry + "\0").getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer content =
        ByteBuffer.allocate(ATTRIBUTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
    content.putInt(KEPT_AND_SEEN_ALWAYS).put(text);
    try {
      if (Files.exists(file)) {
        makeMutable(file);
      }
      // One call: efivarfs takes a write for the whole variable.
      Files.write(file, content.array());
      return true;
    } catch (FileSystemException e) {
      if (isReadOnly(e)) {
        return false;
      }
      throw MosException.io("cannot write " + file, e);
    } catch (IOException e) {
      throw MosException.io("cannot write " + file, e);
    }
  }

  private static boolean isReadOnly(FileSystemException e) {
    return e instanceof AccessDeniedException
        || String.valueOf(e.getReason()).contains("Read-only file system");
  }

  /** efivarfs protects variables that it does not know from being removed by chance. */
  private static void makeMutable(Path file) {
    try (FileDescriptor open = FileDescriptor.read(file)) {
      Libc.call("ioctl", file.toString(), open.number(), SET_FLAGS, new int[] {0});
    } catch (LinuxException e) {
      // A file system without such flags has nothing to protect.
      return;
    }
  }
}
