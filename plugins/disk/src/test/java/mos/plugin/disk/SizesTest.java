package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import mos.spi.disk.DiskSizes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "1024, 256, 64, 300",
    "4096, 512, 256, 1425",
    "16384, 1024, 1024, 6143",
    "131072, 1024, 1024, 46080",
    "1048576, 1024, 1024, 46080",
  })
  void sizesFollowTheDisk(long mib, long esp, long config, long scratch) {
    assertEquals(new DiskSizes(esp, config, scratch), Sizes.byDefault(mib << 20));
  }

  @ParameterizedTest
  @ValueSource(longs = {1024, 2000, 4096, 8000, 16384, 100_000, 131_072, 500_000})
  void theStoreIsTheLargerOne(long mib) {
    DiskSizes sizes = Sizes.byDefault(mib << 20);
    assertTrue(Sizes.leastDisk(sizes) <= mib << 20);
    long store = mib - 2 - sizes.espMiB() - sizes.configMiB() - sizes.scratchMiB();
    assertTrue(store > sizes.scratchMiB(), () -> "store " + store);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 300, 449})
  void tooSmallDiskHasSizesThatDoNotFit(long mib) {
    assertTrue(Sizes.leastDisk(Sizes.byDefault(mib << 20)) > mib << 20);
  }
}
