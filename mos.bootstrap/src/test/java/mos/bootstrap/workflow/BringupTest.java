package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.linux.Command;
import mos.linux.FileDescriptor;
import mos.linux.LoopDevice;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the root file system is said as what it is. */
class BringupTest {
  /** Where a squashfs superblock says where its directories are (linux/fs/squashfs). */
  private static final int DIRECTORY_TABLE = 72;

  @TempDir Path directory;

  private static MosException refused(Path sysroot, String place) {
    MosException e =
        assertThrows(MosException.class, () -> Bringup.directory(sysroot, place), place);
    assertEquals(ErrorCode.RESOURCE, e.code());
    return e;
  }

  @Test
  void aDirectoryThatIsThereIsUsed() throws IOException {
    Path there = Files.createDirectories(directory.resolve("factory/secure"));
    assertEquals(there, Bringup.directory(directory, "factory/secure"));
  }

  @Test
  void aDirectoryThatIsMissingIsMade() {
    assertTrue(Files.isDirectory(Bringup.directory(directory, "factory/secure")));
  }

  @Test
  void aDirectoryThatIsMissingAndCannotBeMadeIsTheImagesFault() throws IOException {
    Files.writeString(directory.resolve("config"), "a file");
    String message = refused(directory, "config").getMessage();
    assertTrue(message.startsWith("the root file system has no directory /config"), message);
    assertTrue(message.contains("let the image of hostfs have it"), message);
  }

  /** To whoever reads, a block that dm-verity refuses is an I/O error, as is broken metadata. */
  @Test
  void aDirectoryThatCannotBeReadIsNotSaidToBeMissing() throws IOException {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "mounting needs root");
    Path image = imageWithUnreadableDirectories();
    Path sysroot = Files.createDirectory(directory.resolve("sysroot"));
    try (FileDescriptor file = FileDescriptor.read(image);
        FileDescriptor device = LoopDevice.of(file, Files.size(image));
        Mount.Context context = Mount.open("squashfs");
        FileDescriptor mount = context.set("source", device.toString()).mount(true)) {
      Mount.attach(mount, sysroot);
    }
    try {
      for (String place : new String[] {"config", "factory/secure", "none"}) {
        String message = refused(sysroot, place).getMessage();
        assertTrue(
            message.startsWith("the root file system cannot be read at /" + place + ": "), message);
        assertTrue(message.contains("Input/output error"), message);
        assertTrue(message.contains("not what the root hash says"), message);
        assertFalse(message.contains("let the image"), message);
      }
    } finally {
      Mount.unmount(sysroot);
    }
  }

  private Path imageWithUnreadableDirectories() throws IOException {
    Path content = directory.resolve("content");
    Files.createDirectories(content.resolve("config"));
    Files.createDirectories(content.resolve("factory/secure"));
    Path image = directory.resolve("image");
    Command.of("squashfs-tools", "mksquashfs", content, image, "-no-progress").run();
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer position = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(position, DIRECTORY_TABLE);
      // Four compressed bytes that are none.
      channel.write(ByteBuffer.wrap(new byte[] {4, 0, -1, -1, -1, -1}), position.getLong(0));
    }
    return image;
  }
}
