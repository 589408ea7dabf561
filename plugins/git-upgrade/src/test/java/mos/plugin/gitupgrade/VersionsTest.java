package mos.plugin.gitupgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsTest {
  @ParameterizedTest
  @CsvSource({
    "1.0.0, 1.0.1",
    "1.9, 1.10",
    "1.2, 1.2.1",
    "9, 10",
    "v1.2.3, 1.3",
    "1.0.0-rc.1, 1.0.0",
    "1.0.0-alpha, 1.0.0-beta",
    "1.0.0-rc.2, 1.0.0-rc.10",
    "1.0.0-rc, 1.0.0-rc.1",
    "1.0~rc1, 1.0",
    "1.0~rc1, 1.0-rc1",
    "1.0, 1.0-1",
    "1.0-1, 1.0-2",
    "1.0-9, 1.0-10",
    "1.2-5-gabcdef, 1.2-6-g012345",
    "1.0-1~bpo12, 1.0-1",
    "2.0, 1:1.0",
    "2026.11.22, 2026.11.23",
    "20261122, 20261123",
    "0.0.99999999999999999999, 0.0.100000000000000000000",
  })
  void theFirstIsLower(String lower, String higher) {
    assertTrue(Versions.compare(lower, higher).orElseThrow() < 0, "forward");
    assertTrue(Versions.compare(higher, lower).orElseThrow() > 0, "backward");
  }

  @ParameterizedTest
  @CsvSource({"1.0, 1.0", "1.0, 1.0.0", "v1.0, 1.0", "1.0+a, 1.0+b", "01.2, 1.02", "0:1, 1"})
  void bothAreEqual(String left, String right) {
    assertEquals(OptionalInt.of(0), Versions.compare(left, right));
  }

  @ParameterizedTest
  @CsvSource({
    "latest, 1.0",
    "1.0, stable",
    "1.1.1k, 1.1.1w",
    "1.0rc1, 1.0",
    "a1b2c3, d4e5f6",
    "1., 2"
  })
  void theyHaveNoOrder(String left, String right) {
    assertEquals(OptionalInt.empty(), Versions.compare(left, right));
  }
}
