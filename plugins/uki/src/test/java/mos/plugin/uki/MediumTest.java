package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder.Enrollment;
import mos.spi.boot.BootkitBuilder.MediumFormat;
import mos.spi.boot.BootkitBuilder.MediumRequest;
import mos.spi.event.EventSink;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediumTest {
  @TempDir Path directory;
  private Path loader;
  private Path uki;
  private Path content;

  @BeforeAll
  static void needsTools() {
    Tool.assume("mcopy", "mdir", "mkfs.vfat", "sgdisk", "mke2fs", "debugfs");
  }

  @BeforeEach
  void makeParts() throws IOException {
    loader = Files.write(directory.resolve("loader"), new byte[100_000]);
    uki =
        Files.write(
            directory.resolve("uki"),
            ExampleExecutable.uki(new byte[3_000_000], new byte[9_000_000], "quiet"));
    content = directory.resolve("con=tent");
    Files.createDirectories(content.resolve("mos/blobs/sha256"));
    for (int i = 0; i < 100; i++) {
      Files.write(content.resolve("mos/blobs/sha256/" + "0".repeat(60) + i), new byte[i * 1000]);
    }
    Files.writeString(content.resolve("mos/index.json"), "{}");
  }

  @Test
  void aDiskHasASystemPartitionAndThePublishersContent() throws IOException {
    Path image = make(MediumFormat.RAW, "medium", Optional.empty(), Optional.of(content));

    String table = Tool.run("sgdisk", "-p", image.toString());
    assertTrue(Tool.run("sgdisk", "-v", image.toString()).contains("No problems found"), table);
    assertTrue(table.contains("EF00  ESP"), table);
    assertTrue(table.contains("8300  mos-medium"), table);
    Path partition = part(image, 1);
    assertFile(partition, "EFI/BOOT/BOOTX64.EFI", loader);
    assertFile(partition, "EFI/Linux/mos-medium.efi", uki);
    assertEquals("timeout 0\neditor no\n", text(partition, "loader/loader.conf"));
    Path second = part(image, 2);
    Tool.run("e2fsck", "-fn", second.toString());
    Path out = directory.resolve("out");
    Tool.run("debugfs", "-R", "dump /mos/index.json " + out, second.toString());
    assertEquals("{}", Files.readString(out));
    assertTrue(Tool.run("dumpe2fs", "-h", second.toString()).contains("mos-medium"));
  }

  @Test
  void theSameInputsGiveTheSameBytes() throws IOException, InterruptedException {
    Path one = make(MediumFormat.RAW, "1", Optional.empty(), Optional.of(content));
    Thread.sleep(2100); // FAT counts in steps of two seconds
    Path other = directory.resolve("copy");
    Tool.run("cp", "-r", content.toString(), other.toString());
    Files.setLastModifiedTime(other.resolve("mos/index.json"), FileTime.fromMillis(1));
    Path two = make(MediumFormat.RAW, "2", Optional.empty(), Optional.of(other));

    assertEquals(-1, Files.mismatch(one, two));
  }

  @Test
  void firmwareInSetupModeIsOfferedTheKeys() throws IOException {
    Enrollment enrollment = enrollment();
    Path image = make(MediumFormat.RAW, "medium", Optional.of(enrollment), Optional.empty());
    Path partition = part(image, 1);

    assertEquals(
        "timeout 0\neditor no\nsecure-boot-enroll force\n", text(partition, "loader/loader.conf"));
    Path keys = directory.resolve("keys");
    SecureBoot.write(enrollment, keys);
    for (String name : List.of("PK.auth", "KEK.auth", "db.auth")) {
      Path out = directory.resolve(name);
      Tool.run("mcopy", "-i", partition.toString(), "::/loader/keys/auto/" + name, out.toString());
      assertEquals(-1, Files.mismatch(keys.resolve(name), out));
    }
    assertFalse(Tool.run("sgdisk", "-p", image.toString()).contains("mos-medium"));
  }

  @Test
  void aDiscIsADiskToo() throws IOException, InterruptedException {
    Tool.assume("xorriso");
    Path image = make(MediumFormat.ISO, "1", Optional.empty(), Optional.of(content));

    String table = Tool.run("sgdisk", "-p", image.toString());
    assertTrue(table.contains("EF00"), table);
    String report = Tool.run("xorriso", "-indev", image.toString(), "-report_el_torito", "plain");
    assertTrue(report.contains("UEFI"), report);
    assertTrue(report.contains("mos-medium"), report);
    Path out = directory.resolve("out");
    Tool.run(
        "xorriso",
        "-osirrox",
        "on",
        "-indev",
        image.toString(),
        "-extract",
        "/mos",
        out.toString());
    assertEquals("{}", Files.readString(out.resolve("index.json")));
    assertEquals(1000, Files.size(out.resolve("blobs/sha256/" + "0".repeat(60) + "1")));
    Path partition = part(image, 2);
    assertFile(partition, "EFI/Linux/mos-medium.efi", uki);

    Thread.sleep(2100);
    assertEquals(
        -1,
        Files.mismatch(image, make(MediumFormat.ISO, "2", Optional.empty(), Optional.of(content))));
  }

  @Test
  void aMediumThatCannotBeMadeLeavesNothing() throws IOException {
    Files.delete(uki);
    MosException e =
        assertThrows(
            MosException.class,
            () -> make(MediumFormat.RAW, "medium", Optional.empty(), Optional.of(content)));

    assertEquals(ErrorCode.NOT_FOUND, e.code());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          List.of("con=tent", "loader"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private Path make(
      MediumFormat format, String name, Optional<Enrollment> enrollment, Optional<Path> files) {
    Path image = directory.resolve(name);
    new UkiBootkitBuilder()
        .medium(new MediumRequest(loader, uki, enrollment, files), format, image, EventSink.NONE);
    return image;
  }

  /** A partition of an image as a file. */
  private Path part(Path image, int number) throws IOException {
    String info = Tool.run("sgdisk", "-i", Integer.toString(number), image.toString());
    long first = sector(info, "First sector: ");
    long last = sector(info, "Last sector: ");
    Path file = directory.resolve(image.getFileName() + "." + number);
    try (FileChannel from = FileChannel.open(image);
        FileChannel to =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      assertEquals(
          (last - first + 1) * 512, from.transferTo(first * 512, (last - first + 1) * 512, to));
    }
    return file;
  }

  private static long sector(String info, String label) {
    int start = info.indexOf(label) + label.length();
    return Long.parseLong(info.substring(start, info.indexOf(' ', start)));
  }

  private void assertFile(Path partition, String name, Path expected) throws IOException {
    Path out = directory.resolve("extracted");
    Tool.run("mcopy", "-n", "-i", partition.toString(), "::/" + name, out.toString());
    assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(out));
    Files.delete(out);
  }

  private static String text(Path partition, String name) throws IOException {
    return Tool.run("mtype", "-i", partition.toString(), "::/" + name);
  }

  private Enrollment enrollment() throws IOException {
    FirmwareCertificate certificate;
    try {
      certificate =
          new FirmwareCertificate(
              UUID.fromString("00000000-0000-4000-8000-000000000001"),
              Path.of(MediumTest.class.getResource("keys/pk.pem").toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
    return new Enrollment(
        new FirmwareKeys(certificate, certificate, List.of(certificate)),
        Tool.key(directory.resolve("secret"), "platform"),
        Tool.key(directory.resolve("secret"), "exchange"));
  }
}
