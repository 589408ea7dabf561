package mos.spi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemManifestTest {
  private static final NamespaceGroup WEB = new NamespaceGroup("web");
  private static final NamespaceGroup LOG = new NamespaceGroup("log");

  private static void refusedAt(
      String field, List<IdRange> ranges, List<SystemTarget> targets, List<Storage> storage) {
    InvalidFieldException e =
        assertThrows(
            InvalidFieldException.class, () -> new SystemManifest(ranges, targets, storage));
    assertEquals(field, e.field());
  }

  @Test
  void aTargetStandsOnce() {
    SystemTarget target = new SystemTarget("a", Samples.DIGEST);
    refusedAt("targets[1].name", List.of(), List.of(target, target), List.of());
  }

  @Test
  void aVolumeStandsOnce() {
    Storage volume = Samples.volume("d");
    refusedAt("storage[1].label", List.of(), List.of(), List.of(volume, volume));
  }

  @Test
  void aGroupHasOneRange() {
    refusedAt(
        "uidmaps[1].idmap-name",
        List.of(new IdRange(WEB, 100_000), new IdRange(WEB, 165_536)),
        List.of(),
        List.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000, 100_001, 165_535})
  void rangesDoNotOverlap(long start) {
    refusedAt(
        "uidmaps[1].hostid",
        List.of(new IdRange(WEB, 100_000), new IdRange(LOG, start)),
        List.of(),
        List.of());
  }

  @Test
  void rangesMayTouch() {
    IdRange log = new IdRange(LOG, 165_536);
    SystemManifest manifest =
        new SystemManifest(List.of(new IdRange(WEB, 100_000), log), List.of(), List.of());
    assertEquals(Optional.of(log), manifest.idRange(LOG));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 99_999, (1L << 32) - 65_536, Long.MAX_VALUE})
  void aRangeLiesAboveTheHostsOwnIds(long start) {
    assertThrows(InvalidFieldException.class, () -> new IdRange(WEB, start));
  }

  @Test
  void theHostsOwnIdsAreNoRange() {
    assertThrows(InvalidFieldException.class, () -> new IdRange(NamespaceGroup.HOST, 100_000));
  }
}
