package mos.plugin.atomfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import mos.spi.InvalidFieldException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaxRecordsTest {
  @Test
  void recordsAreReadWithSpacesEqualSignsAndNewlinesInTheirValues() {
    PaxRecords records = PaxRecords.parse("10 a=b c=\n7 x=\n\n\n5 y=\n".getBytes(ISO_8859_1));
    assertEquals(Map.of("a", "b c=", "x", "\n\n", "y", ""), records.values());
  }

  @Test
  void whatIsWrittenIsReadWhateverItsLength() {
    for (int length = 0; length < 2000; length++) {
      PaxRecords records = PaxRecords.NONE.with("key", "v".repeat(length)).with("z", "1");
      assertEquals(records, PaxRecords.parse(records.toArray()));
    }
  }

  @Test
  void noRecordsAreNoBytes() {
    assertArrayEquals(new byte[0], PaxRecords.NONE.toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "6 a=b",
        "7 a=b\n",
        "5 a=b\n",
        "6 a-b\n",
        "0 a=b\n",
        "-6 a=b\n",
        " a=b\n",
        "9999999999 a=b\n",
        "6 =bb\n6 a=b",
        "12 a=b\n6 c=d\n",
        "6 a=b\n\n"
      })
  void aMalformedRecordIsRefused(String data) {
    assertThrows(InvalidFieldException.class, () -> PaxRecords.parse(data.getBytes(ISO_8859_1)));
  }
}
