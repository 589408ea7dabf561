package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v7", "oldgnu", "gnu", "ustar", "pax"})
  void everyFormatOfGnuTarIsRead(String format) throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree/sub"));
    Files.writeString(tree.resolve("file"), "x".repeat(1000));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
    Path tar = directory.resolve("a.tar");
    VerityFixture.run(
        "tar",
        "--format=" + format,
        "--sort=name",
        "-C",
        directory.resolve("tree"),
        "-cf",
        tar,
        ".");
    assertEquals(
        List.of("5 ", "5 sub", "0 sub/file", "2 sub/link"),
        entries(tar).stream()
            .map(entry -> (entry.isDirectory() ? '5' : entry.header().type()) + " " + entry.path())
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void longNamesAreRead(String format) throws IOException {
    String name = "d".repeat(120) + "/" + "ü".repeat(100);
    Path file = directory.resolve("tree").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    Path tar = directory.resolve("a.tar");
    VerityFixture.run(
        "tar", "--format=" + format, "-C", directory.resolve("tree"), "-cf", tar, "d".repeat(120));
    String bytes = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertEquals(bytes, entries(tar).getLast().path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void sparseFilesAreSteppedOver(String format) throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    try (FileChannel channel =
        FileChannel.open(
            tree.resolve("a"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 60; i++) {
        Blocks.write(channel, i * 1_000_000L, new byte[] {1});
      }
    }
    Files.writeString(tree.resolve("b"), "x");
    Path tar = directory.resolve("a.tar");
    VerityFixture.run("tar", "--format=" + format, "--sparse", "-C", tree, "-cf", tar, "a", "b");
    List<TarEntry> entries = entries(tar);
    assertEquals(List.of("a", "b"), entries.stream().map(TarEntry::path).toList());
  }

  @Test
  void anExtendedHeaderDecidesNameAndTime() throws IOException {
    Path tar =
        new TarFixture()
            .extension('x', "13 path=long\n20 mtime=1234.56789\n")
            .file("short", "x")
            .write(directory.resolve("a.tar"));
    TarEntry entry = entries(tar).getFirst();
    assertEquals("long", entry.path());
    assertEquals(1234, entry.mtime());
  }

  @Test
  void theEndMayBeMissing() throws IOException {
    Path tar = new TarFixture().file("a", "x").writeWithoutEnd(directory.resolve("a.tar"));
    assertEquals(1, entries(tar).size());
  }

  @Test
  void anArchiveThatIsCutAnywhereIsInvalidOrEndsBetweenEntries() throws IOException {
    Path tar = directory.resolve("a.tar");
    new TarFixture()
        .extension('x', "13 path=long\n")
        .file("short", "x".repeat(600))
        .writeWithoutEnd(tar);
    byte[] whole = Files.readAllBytes(tar);
    for (int length = 0; length < whole.length - 512 + 600 - 512; length += 8) {
      Files.write(tar, Arrays.copyOf(whole, length));
      assertInvalid(tar, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a", "a/../b", "a/..", ".."})
  void aNameThatLeavesTheRootIsRefused(String name) throws IOException {
    assertInvalid(new TarFixture().file(name, "").write(directory.resolve("a.tar")), "'..'");
  }

  @Test
  void aNameThatNoFileSystemHoldsIsRefused() throws IOException {
    assertInvalid(
        new TarFixture()
            .extension('L', "n".repeat(256) + "\0")
            .file("n", "")
            .write(directory.resolve("a.tar")),
        "component");
  }

  @Test
  void anUnknownTypeIsRefused() throws IOException {
    assertInvalid(
        new TarFixture().entry("a", 'M', 0, 0, "").write(directory.resolve("a.tar")), "typeflag");
  }

  @Test
  void aLinkWithDataIsRefused() throws IOException {
    assertInvalid(
        new TarFixture().entry("a", '1', 0, 0, "data").write(directory.resolve("a.tar")), "size");
  }

  @Test
  void aGlobalHeaderThatChangesEntriesIsRefused() throws IOException {
    assertInvalid(
        new TarFixture()
            .extension('g', "10 path=a\n")
            .file("b", "")
            .write(directory.resolve("a.tar")),
        "global header with 'path'");
  }

  @Test
  void aGlobalCommentAsGitWritesItIsSteppedOver() throws IOException {
    Path tar =
        new TarFixture()
            .extension('g', "13 comment=x\n")
            .file("b", "")
            .write(directory.resolve("a.tar"));
    assertEquals("b", entries(tar).getFirst().path());
  }

  @Test
  void anExtensionThatWouldFillTheMemoryIsRefused() throws IOException {
    Path tar =
        new TarFixture()
            .header(new TarHeader("x", 0, 0, 0, 1L << 32, 0, 'x'))
            .write(directory.resolve("a.tar"));
    assertInvalid(tar, "at most");
  }

  @Test
  void somethingElseIsNoTarFile() throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("random"), 1);
    MosException e = assertThrows(MosException.class, () -> entries(file));
    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals(file + ": this is no tar file", e.getMessage());
  }

  private void assertInvalid(Path tar, String reason) {
    MosException e = assertThrows(MosException.class, () -> entries(tar));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith(tar + ": entry at byte "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static List<TarEntry> entries(Path tar) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(tar)) {
      TarReader reader = new TarReader(channel, tar.toString());
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        entries.add(next.get());
      }
    }
    return entries;
  }
}
