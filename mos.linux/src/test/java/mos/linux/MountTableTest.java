package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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
  void orderOfTheTableDoesNotDecideWhichMountIsOnTop() {
    MountTable table =
        MountTable.parse("3 9 0:2 / /x rw - tmpfs upper rw\n9 1 0:1 / /x rw - tmpfs lower rw\n");
    MountTable.Entry top = table.at(Path.of("/x")).orElseThrow();
    assertEquals("upper", top.source());
    assertEquals(9, top.parent());
  }

  @Test
  void mountsOnAMountAreFound() {
    MountTable table =
        MountTable.parse(
            """
            1 1 0:1 / / rw - ext4 root rw
            2 1 0:2 / /x rw - tmpfs a rw
            3 2 0:3 / /x/y rw - tmpfs b rw
            4 1 0:4 / /x2 rw - tmpfs c rw
            """);
    MountTable.Entry x = table.at(Path.of("/x")).orElseThrow();
    assertEquals(List.of("b"), table.on(x).stream().map(MountTable.Entry::source).toList());
    assertEquals(2, table.on(table.at(Path.of("/")).orElseThrow()).size());
  }

  @Test
  void optionsOfTheFileSystemAreRead() {
    MountTable table =
        MountTable.parse("5 1 0:9 / /x rw shared:1 - overlay o rw,upperdir=a/b,workdir=c\n");
    assertEquals("rw,upperdir=a/b,workdir=c", table.entries().getFirst().options());
  }

  @Test
  void mountPointThatIsNotUtf8DoesNotKeepUsFromTheOthers() {
    byte[] table =
        "1 0 0:1 / /x\u00ff rw - ext4 first rw\n2 0 0:2 / /y rw - tmpfs second rw\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertEquals("second", MountTable.parse(table).at(Path.of("/y")).orElseThrow().source());
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
