package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.RootHash;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerityCheckTest {
  private static final Digest LAYER = new Digest("ab".repeat(32));
  private static final Bytes SALT = Bytes.utf8("salt");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 127, 128, 129, 16383, 16384, 16385})
  void anUntouchedFileIsAccepted(long blocks) throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    verify(file, blocks, format(file, blocks));
  }

  @Test
  void aFileThatVeritysetupFormattedIsAccepted() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 1_500_000);
    long data = Files.size(image);
    String output =
        VerityFixture.run("veritysetup", "format", "--hash-offset=" + data, image, image);
    String root =
        output.lines().filter(line -> line.startsWith("Root hash")).findFirst().orElseThrow();
    LayerVerity verity = verifyLayer(image, new RootHash(root.replaceAll(".*\\s", "")));
    assertEquals(32, verity.superblock().salt().size());
    assertEquals(data, verity.tree().superblockOffset());
    assertEquals("squashfs", verity.filesystem().type());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 129, 16383, 16384})
  void aChangedDataBlockIsNamed(long block) throws IOException {
    long blocks = 16385;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    VerityFixture.flip(file, block * 4096 + 17);
    MosException e = assertThrows(MosException.class, () -> verify(file, blocks, root));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertEquals(
        "layer x: data block %d (at byte %d) is not what the root hash says"
            .formatted(block, block * 4096),
        e.getMessage());
  }

  @Test
  void ofSeveralChangedBlocksTheFirstInTheFileIsNamed() throws IOException {
    long blocks = 5000;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    for (long block = 4999; block >= 130; block -= 7) {
      VerityFixture.flip(file, block * 4096);
    }
    for (int i = 0; i < 20; i++) {
      MosException e = assertThrows(MosException.class, () -> verify(file, blocks, root));
      assertTrue(e.getMessage().contains("data block 134 "), e.getMessage());
    }
  }

  @Test
  void everyByteOfASmallTreeCounts() throws IOException {
    long blocks = 130;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    VerityTree tree = new VerityTree(blocks);
    for (long position = tree.levelOffset(1); position < tree.end(); position += 16) {
      VerityFixture.flip(file, position);
      MosException e = assertThrows(MosException.class, () -> verify(file, blocks, root));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertTrue(e.getMessage().contains("hash tree level "), e.getMessage());
      VerityFixture.flip(file, position);
    }
    verify(file, blocks, root);
  }

  @Test
  void aChangedHashBlockIsNamedWithItsLevel() throws IOException {
    long blocks = 16385;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    VerityTree tree = new VerityTree(blocks);
    VerityFixture.flip(file, tree.levelOffset(0) + 128 * 4096);
    MosException e = assertThrows(MosException.class, () -> verify(file, blocks, root));
    assertEquals(
        "layer x: hash tree level 0 block 128 (at byte %d) is not what the root hash says"
            .formatted(tree.levelOffset(0) + 128 * 4096),
        e.getMessage());
  }

  @Test
  void aHashBlockThatIsNotFilledUpWithZerosIsRefusedThoughItsHashIsRight() throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), 3);
    format(file, 3);
    VerityTree tree = new VerityTree(3);
    VerityFixture.flip(file, tree.levelOffset(0) + 4095);
    try (FileChannel channel = VerityFixture.open(file)) {
      byte[] top = new BlockHasher(channel, SALT).digest(tree.levelOffset(0));
      RootHash root = new RootHash(HexFormat.of().formatHex(top));
      MosException e = assertThrows(MosException.class, () -> verify(file, 3, root));
      assertTrue(e.getMessage().contains("does not end with zeros"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 200})
  void anotherRootHashIsRefused(long blocks) throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    format(file, blocks);
    RootHash other = new RootHash("12".repeat(32));
    MosException e = assertThrows(MosException.class, () -> verify(file, blocks, other));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertTrue(e.getMessage().contains("does not have the root hash 1212"), e.getMessage());
  }

  @Test
  void aRandomChangeAnywhereInALayerIsRefusedWithTheLayerNamed() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 700_000);
    RootHash root = append(image);
    LayerVerity untouched = verifyLayer(image, root);
    byte[] before = Files.readAllBytes(image);
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      long position = random.nextLong(before.length);
      if (inIgnoredPart(position, untouched.tree())) {
        continue;
      }
      VerityFixture.flip(image, position);
      MosException e = assertThrows(MosException.class, () -> verifyLayer(image, root));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertTrue(e.getMessage().startsWith("layer " + LAYER + ": "), e.getMessage());
      VerityFixture.flip(image, position);
    }
    assertArrayEquals(before, Files.readAllBytes(image));
    verifyLayer(image, root);
  }

  /** The UUID, the salt's room and the padding of the superblock say nothing that is used. */
  private static boolean inIgnoredPart(long position, VerityTree tree) {
    long inBlock = position - tree.superblockOffset();
    return (inBlock >= 16 && inBlock < 32) || (inBlock >= 82 && inBlock < 4096);
  }

  @Test
  void somethingBehindTheTreeIsRefused() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 10_000);
    RootHash root = append(image);
    Files.write(image, new byte[1], StandardOpenOption.APPEND);
    assertRefused(image, root, "the file must end too");
  }

  @Test
  void aTreeThatIsCutShortIsRefused() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 10_000);
    RootHash root = append(image);
    try (FileChannel channel = VerityFixture.open(image)) {
      channel.truncate(channel.size() - 1);
    }
    assertRefused(image, root, "the file must end too");
  }

  @Test
  void aLayerWithoutATreeIsRefused() throws IOException {
    Path image = VerityFixture.plainErofs(directory, 10_000);
    assertRefused(image, new RootHash("12".repeat(32)), "there is no hash tree behind its erofs");
  }

  @Test
  void aLayerThatIsCutShortIsRefused() throws IOException {
    Path image = VerityFixture.plainErofs(directory, 10_000);
    RootHash root = append(image);
    try (FileChannel channel = VerityFixture.open(image)) {
      channel.truncate(8000);
    }
    assertRefused(image, root, "cut short");
  }

  @Test
  void aTreeOverFewerBlocksThanTheFileSystemHasIsRefused() throws IOException {
    Path image = VerityFixture.plainSquashfs(directory, 100_000);
    long blocks = Files.size(image) / 4096;
    RootHash root = append(image);
    try (FileChannel channel = VerityFixture.open(image)) {
      VeritySuperblock fewer =
          new VeritySuperblock(new UUID(0, 0), blocks - 1, VerityFixture.NO_SALT);
      Blocks.write(channel, blocks * 4096, fewer.toArray());
    }
    assertRefused(image, root, "verity.data_blocks: must be the " + blocks + " blocks");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path image = Files.createFile(directory.resolve("empty"));
    assertRefused(image, new RootHash("12".repeat(32)), "neither a squashfs nor an erofs");
  }

  @Test
  void noThreadIsLeftBehind() throws IOException {
    long blocks = 16385;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    VerityFixture.flip(file, 0);
    assertThrows(MosException.class, () -> verify(file, blocks, root));
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().startsWith("verity-")));
  }

  @Test
  void anInterruptEndsTheCheckWithoutAVerdict() throws IOException {
    long blocks = 16385;
    Path file = VerityFixture.randomBlocks(directory.resolve("file"), blocks);
    RootHash root = format(file, blocks);
    Thread.currentThread().interrupt();
    try {
      MosException e = assertThrows(MosException.class, () -> verify(file, blocks, root));
      assertEquals(ErrorCode.RESOURCE, e.code());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  private void assertRefused(Path image, RootHash root, String reason) {
    MosException e = assertThrows(MosException.class, () -> verifyLayer(image, root));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertTrue(e.getMessage().startsWith("layer " + LAYER + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static RootHash format(Path file, long blocks) throws IOException {
    try (FileChannel channel = VerityFixture.open(file)) {
      return VerityFormat.write(channel, new VerityTree(blocks), SALT, Optional.empty());
    }
  }

  private static void verify(Path file, long blocks, RootHash root) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      VerityCheck.verify(channel, new VerityTree(blocks), SALT, root, "layer x");
    }
  }

  private static RootHash append(Path image) throws IOException {
    try (FileChannel channel = VerityFixture.open(image)) {
      return VerityFormat.append(channel, "a layer");
    }
  }

  private static LayerVerity verifyLayer(Path image, RootHash root) throws IOException {
    try (FileChannel channel = FileChannel.open(image)) {
      return VerityCheck.verify(channel, root, LAYER);
    }
  }
}
