package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.RootHash;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerityFormatTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 127, 128, 129, 511, 512, 513, 4711, 16383, 16384, 16385})
  void theTreeIsTheOneOfVeritysetupWithASalt(long blocks) throws IOException {
    assertSameAsVeritysetup(blocks, "00ff10203040506070");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 128, 129, 16385})
  void theTreeIsTheOneOfVeritysetupWithoutSalt(long blocks) throws IOException {
    assertSameAsVeritysetup(blocks, "");
  }

  @Test
  void theTreeIsTheOneOfVeritysetupWithTheLongestSalt() throws IOException {
    assertSameAsVeritysetup(300, "ab".repeat(256));
  }

  private void assertSameAsVeritysetup(long blocks, String salt) throws IOException {
    Path ours = VerityFixture.randomBlocks(directory.resolve("ours"), blocks);
    Path theirs = Files.copy(ours, directory.resolve("theirs"));
    String output =
        VerityFixture.run(
            "veritysetup",
            "format",
            "--salt=" + (salt.isEmpty() ? "-" : salt),
            "--uuid=" + ID,
            "--data-blocks=" + blocks,
            "--hash-offset=" + blocks * 4096,
            theirs,
            theirs);
    RootHash root;
    try (FileChannel channel = VerityFixture.open(ours)) {
      root =
          VerityFormat.write(
              channel,
              new VerityTree(blocks),
              Bytes.copyOf(HexFormat.of().parseHex(salt)),
              Optional.of(ID));
    }
    assertEquals(-1, Files.mismatch(ours, theirs));
    assertTrue(output.contains(root.hex()), output);
  }

  @Test
  void veritysetupVerifiesALayerOfOurs() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 3_000_000);
    long data = Files.size(image);
    RootHash root = append(image);
    VerityFixture.run("veritysetup", "verify", "--hash-offset=" + data, image, image, root);
  }

  @Test
  void theSameContentGivesTheSameBytes() throws IOException {
    Path one = VerityFixture.plainErofs(directory, 1_000_000);
    Path two = Files.copy(one, directory.resolve("two"));
    assertEquals(append(one), append(two));
    assertEquals(-1, Files.mismatch(one, two));
  }

  @Test
  void theUuidIsTheBeginningOfTheRootHash() throws IOException {
    Path image = VerityFixture.plainErofs(directory, 10_000);
    long data = Files.size(image);
    RootHash root = append(image);
    String dump = VerityFixture.run("veritysetup", "dump", "--hash-offset=" + data, image);
    String hex = root.hex();
    String uuid =
        String.join(
            "-",
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(12, 16),
            hex.substring(16, 20),
            hex.substring(20, 32));
    assertTrue(dump.contains(uuid), dump);
  }

  @Test
  void aFileSystemThatIsNotPaddedIsPadded() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 10_000);
    Path cut = Files.copy(image, directory.resolve("cut"));
    try (FileChannel channel = VerityFixture.open(cut)) {
      byte[] head = new byte[4096];
      Blocks.read(channel, 0, head, head.length);
      channel.truncate(FilesystemSuperblock.parse(head).used());
    }
    assertEquals(append(image), append(cut));
    assertEquals(-1, Files.mismatch(image, cut));
  }

  @Test
  void aFileSystemThatIsCutShortIsInvalid() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 10_000);
    try (FileChannel channel = VerityFixture.open(image)) {
      channel.truncate(channel.size() - 4096);
    }
    MosException e = assertThrows(MosException.class, () -> append(image));
    assertEquals(ErrorCode.INVALID, e.code());
  }

  @Test
  void aLayerThatHasATreeGetsNoSecondOne() throws IOException {
    Path image = VerityFixture.squashfs(directory, 10_000);
    long size = Files.size(image);
    MosException e = assertThrows(MosException.class, () -> append(image));
    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals(size, Files.size(image));
  }

  @Test
  void aFileThatIsNoFileSystemIsInvalidAndUntouched() throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("random"), 3);
    byte[] before = Files.readAllBytes(file);
    MosException e = assertThrows(MosException.class, () -> append(file));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith("a layer: "), e.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  private static RootHash append(Path image) throws IOException {
    try (FileChannel channel = VerityFixture.open(image)) {
      return VerityFormat.append(channel, "a layer");
    }
  }
}
