package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerityTreeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0, 2",
    "2, 1, 4",
    "127, 1, 129",
    "128, 1, 130",
    "129, 2, 133",
    "16384, 2, 16514",
    "16385, 3, 16518",
    "262144, 3, 264210"
  })
  void theNumberOfLevelsAndTheEndFollowFromTheNumberOfBlocks(
      long dataBlocks, int levels, long blocks) {
    VerityTree tree = new VerityTree(dataBlocks);
    assertEquals(levels, tree.levels());
    assertEquals(blocks * 4096, tree.end());
  }

  @Test
  void theTopLevelComesFirst() {
    VerityTree tree = new VerityTree(16385);
    long superblock = 16385L * 4096;
    assertEquals(superblock, tree.superblockOffset());
    assertEquals(superblock + 4096, tree.levelOffset(2));
    assertEquals(superblock + 2 * 4096, tree.levelOffset(1));
    assertEquals(superblock + 4 * 4096, tree.levelOffset(0));
    assertEquals(129, tree.levelBlocks(0));
  }

  @Test
  void theLargestTreeDoesNotOverflow() {
    VerityTree tree = new VerityTree(VerityTree.MAX_DATA_BLOCKS);
    assertEquals(7, tree.levels());
    assertEquals(
        (1L << 60)
            + 4096
            + 4096 * ((1L << 41) + (1L << 34) + (1L << 27) + (1L << 20) + (1L << 13) + 64 + 1),
        tree.end());
  }

  @Test
  void aTreeOverNothingIsADefect() {
    assertThrows(IllegalArgumentException.class, () -> new VerityTree(0));
  }
}
