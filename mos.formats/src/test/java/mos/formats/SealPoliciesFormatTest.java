package mos.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealPoliciesFormatTest {
  private static final Digest PCR7 = Digest.of(new byte[] {7});

  private static final SealPolicies POLICIES =
      new SealPolicies(
          Bytes.utf8("key"),
          3,
          2,
          List.of(new SignedSealPolicy(new SealPolicy(PCR7, 3), Bytes.utf8("signature"))));

  @Test
  void whatIsWrittenIsRead() {
    assertEquals(POLICIES, SealPoliciesFormat.parse(SealPoliciesFormat.write(POLICIES)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":3|\"version\":0|version: must be 1 or more, is 0",
        "\"version\":3|\"version\":3000000000|version: must be 0 to 2147483647, is 3000000000",
        "\"minimumVersion\":2|\"minimumVersion\":4|minimumVersion: must be 0 to 3, is 4",
        "\"a2V5\"|\"????\"|authority: is not base64: Illegal base64 character 3f",
        "\"pcr7\":\"|\"pcr7\":\"x|*",
        "\"minimumVersion\":2,||minimumVersion: is missing",
        "{\"authority\"|{\"shell\":1,\"authority\"|*",
      })
  void whatIsWrongIsNamed(String from, String to, String message) {
    String text = SealPoliciesFormat.write(POLICIES).text().replace(from, to == null ? "" : to);
    InvalidFieldException e =
        assertThrows(InvalidFieldException.class, () -> SealPoliciesFormat.parse(Bytes.utf8(text)));
    if (!message.equals("*")) {
      assertEquals(message, e.getMessage());
    }
  }
}
