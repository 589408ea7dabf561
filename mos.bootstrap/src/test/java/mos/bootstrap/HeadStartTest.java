package mos.bootstrap;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import org.junit.jupiter.api.Test;

class HeadStartTest {
  /** What fails in it is passed over in use, and would only be slow. */
  @Test
  void everyPartGetsToItsEnd() {
    assertDoesNotThrow(HeadStart::system);
    assertDoesNotThrow(HeadStart::trust);
  }
}
