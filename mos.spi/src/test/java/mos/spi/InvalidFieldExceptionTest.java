package mos.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidFieldExceptionTest {
  @ParameterizedTest
  @CsvSource({
    "host, network, network.host",
    "'', targets[2], targets[2]",
    "[3], ports, ports[3]",
    "network.ports[0].host, targets[2], targets[2].network.ports[0].host",
  })
  void theEnclosingRecordsPathComesFirst(String field, String prefix, String path) {
    InvalidFieldException e = new InvalidFieldException(field, "is wrong").under(prefix);
    assertEquals(path, e.field());
    assertEquals(path + ": is wrong", e.getMessage());
    assertEquals(ErrorCode.INVALID, e.code());
  }

  @Test
  void withoutAnEnclosingRecordItStaysAsItIs() {
    InvalidFieldException e = new InvalidFieldException("host", "is wrong");
    assertSame(e, e.under(""));
  }

  @Test
  void theWholeRecordHasNoPath() {
    assertEquals("is wrong", new InvalidFieldException("", "is wrong").getMessage());
  }

  @Test
  void aHugeValueIsShortenedAndTheRuleBehindItStays() {
    String problem = "'" + "x".repeat(100_000) + "' is not a name: 1 to 64 letters";
    String message = new InvalidFieldException("y".repeat(5_000), problem).getMessage();
    assertTrue(message.length() < 1_500, () -> message.length() + " characters");
    assertTrue(message.endsWith("' is not a name: 1 to 64 letters"), message);
  }
}
