package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UkiNameTest {
  @ParameterizedTest
  @CsvSource({
    "mos-1.efi, 1, , 0",
    "mos-1.2+3.efi, 1.2, 3, 0",
    "mos-1+2-1.efi, 1, 2, 1",
    "mos-1+0-3.efi, 1, 0, 3",
    "mos-a.efi.efi, a.efi, , 0",
  })
  void nameIsReadAndWritten(String file, String id, Integer left, int done) {
    UkiName name = new UkiName(id, Optional.ofNullable(left), done);
    assertEquals(Optional.of(name), UkiName.parse(file));
    assertEquals(file, name.toString());
  }

  @Test
  void fatKnowsNoCase() {
    assertEquals(Optional.of(UkiName.counted("1a", 3)), UkiName.parse("MOS-1A+3.EFI"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mosaic.efi",
        "mos-.efi",
        "mos-1.conf",
        "mos-1+.efi",
        "mos-1+1-.efi",
        "mos-1+9999999.efi",
        "mos-a b.efi",
        "xmos-1.efi",
        "mos-1.efi.bak"
      })
  void othersFilesAreNotOurs(String file) {
    assertEquals(Optional.empty(), UkiName.parse(file));
  }
}
