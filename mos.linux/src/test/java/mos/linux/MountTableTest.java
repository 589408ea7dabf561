package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  @Test
  void lesson24EscapesInMountPointsAreDecoded() {
    MountTable table =
        MountTable.parse(
            "36 35 98:0 /a\\134b /mnt/with\\040blank\\011tab\\012line rw master:1 shared:2 - ext4"
                + " /dev/a\\040b rw\n");
    MountTable.Entry entry = table.entries().getFirst();
    assertEquals(Path.of("/mnt/with blank\ttab\nline"), entry.point());
    assertEquals("/a\\b", entry.root());
    assertEquals("/dev/a b", entry.source());
    assertEquals("ext4", entry.type());
    assertEquals("98:0", entry.device());
  }

  @Test
  void theTopmostOfSeveralMountsAtOnePlaceIsFound() {
    MountTable table =
        MountTable.parse("1 0 0:1 / /x rw - ext4 first rw\n2 1 0:2 / /x rw - tmpfs second rw\n");
    assertEquals("second", table.at(Path.of("/x")).orElseThrow().source());
    assertTrue(table.at(Path.of("/y")).isEmpty());
  }

  @Test
  void lineWithoutItsSecondHalfIsRefused() {
    assertThrows(MosException.class, () -> MountTable.parse("36 35 98:0 / /mnt rw\n"));
  }

  @Test
  void kernelsOwnTableIsRead() {
    assertTrue(MountTable.current().at(Path.of("/proc")).isPresent());
  }
}
