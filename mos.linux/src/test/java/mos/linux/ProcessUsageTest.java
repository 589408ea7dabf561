package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
  private static final String STATUS = "Name:\tjava\nVmPeak:\t  900 kB\nVmHWM:\t  2048 kB\n";

  @Test
  void theTwoFilesAreRead() throws IOException {
    assertEquals(
        new ProcessUsage(2 << 20, Duration.ofMillis(1230), Duration.ofMillis(70)),
        ProcessUsage.parse(
            STATUS, "12 (a b) c) S 1 1 1 0 -1 4194560 9 9 9 9 100 23 5 2 20 0 11 0 9 9 9\n"));
  }

  @Test
  void somethingElseIsRefused() {
    assertThrows(IOException.class, () -> ProcessUsage.parse("", "12 (java) S 1 1"));
    assertThrows(IOException.class, () -> ProcessUsage.parse(STATUS, "12 (java) S 1 1"));
  }

  @Test
  void thisProcessUsesSomething() {
    ProcessUsage usage = ProcessUsage.now();
    assertTrue(usage.peakMemory() > 1 << 20, usage::toString);
    assertTrue(usage.own().toMillis() > 0, usage::toString);
  }
}
