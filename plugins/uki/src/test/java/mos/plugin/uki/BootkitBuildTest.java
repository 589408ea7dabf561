package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder.BootkitRequest;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused, with a root directory of empty files; {@code VmFactory} has a real one. */
class BootkitBuildTest {
  private static final List<String> FILES =
      List.of(
          "boot/vmlinuz-6.12",
          "usr/bin/cpio",
          "usr/bin/dracut",
          "usr/bin/udevadm",
          "usr/bin/ukify",
          "usr/bin/zstd",
          "usr/lib/modules/6.12/modules.dep",
          "usr/lib/systemd/boot/efi/linuxx64.efi.stub",
          "usr/lib/systemd/boot/efi/systemd-bootx64.efi",
          "usr/sbin/blkid",
          "usr/sbin/cryptsetup",
          "usr/sbin/dmsetup",
          "usr/sbin/mkfs.ext4",
          "usr/sbin/mkfs.vfat",
          "usr/sbin/modprobe",
          "usr/sbin/sgdisk",
          "usr/sbin/switch_root",
          "usr/sbin/wipefs");

  @TempDir static Path keys;
  private static SigningKey key;

  @TempDir Path directory;
  private Path root;
  private Path runtime;
  private Path output;

  @BeforeAll
  static void makeKey() throws IOException {
    key = Tool.key(keys, "key");
  }

  @BeforeEach
  void makeInputs() throws IOException {
    root = directory.resolve("root");
    runtime = directory.resolve("runtime");
    output = Files.createDirectory(directory.resolve("output"));
    for (String file : FILES) {
      touch(root.resolve(file));
    }
    for (String file : List.of("bin/java", "bin/mosctl")) {
      touch(runtime.resolve(file));
      Files.setPosixFilePermissions(
          runtime.resolve(file), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aRootThatLacksSomethingIsToldWhatAndWhichPackageHasIt() throws IOException {
    Files.delete(root.resolve("usr/bin/ukify"));

    assertRefused(
        ErrorCode.INVALID, "has no /usr/bin/ukify; it comes with the package systemd-ukify");
  }

  @Test
  void aRootHasOneKernel() throws IOException {
    touch(root.resolve("usr/lib/modules/6.13/modules.dep"));
    assertRefused(ErrorCode.INVALID, "must have one kernel");

    Files.delete(root.resolve("usr/lib/modules/6.13/modules.dep"));
    Files.delete(root.resolve("usr/lib/modules/6.13"));
    Files.delete(root.resolve("boot/vmlinuz-6.12"));
    assertRefused(ErrorCode.INVALID, "has no /boot/vmlinuz-6.12");
  }

  @Test
  void theRuntimeIsALinkedImage() throws IOException {
    Files.delete(runtime.resolve("bin/java"));

    assertRefused(ErrorCode.INVALID, "is not a linked image");
  }

  @Test
  void aProgramThatFailsInTheRootIsTheReasonAndNothingIsLeft() throws IOException {
    RootOnly.assume();
    assertRefused(ErrorCode.RESOURCE, "unshare");

    assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains(directory.toString()));
    assertEquals(List.of("output", "root", "runtime"), names(directory));
    assertEquals(List.of(), names(output));
    assertFalse(Files.exists(root.resolve("mos")));
  }

  @Test
  void anIdIsCheckedBeforeAnythingElse() {
    MosException e = assertThrows(MosException.class, () -> build("Not An Id", List.of()));

    assertTrue(e.getMessage().contains("id"), e.getMessage());
  }

  @Test
  void anArgumentHasNoSpace() {
    MosException e = assertThrows(MosException.class, () -> build("a1", List.of("a b")));

    assertTrue(e.getMessage().contains("printable ASCII without spaces"), e.getMessage());
  }

  private void assertRefused(ErrorCode code, String reason) {
    MosException e = assertThrows(MosException.class, () -> build("a1", List.of("console=ttyS0")));
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private void build(String id, List<String> commandLine) {
    new UkiBootkitBuilder()
        .build(
            new BootkitRequest(
                id,
                root,
                runtime,
                Bytes.utf8("-----BEGIN CERTIFICATE-----\n"),
                Bytes.utf8("{}"),
                commandLine,
                key,
                key),
            output,
            EventSink.NONE);
    assertTrue(Files.exists(output.resolve(Bootkit.UKI)));
  }

  private static void touch(Path file) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.createFile(file);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
