package mos.plugin.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseCodeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x99d | TPM_RC_POLICY_FAIL of session 1 (0x99d)",
        "0x1d5 | TPM_RC_SIZE of parameter 1 (0x1d5)",
        "0x28b | TPM_RC_HANDLE of handle 2 (0x28b)",
        "0x148 | TPM_RC_NV_LOCKED (0x148): locked until the next reset",
        "0x921 | TPM_RC_LOCKOUT (0x921): locked out after failed authorizations or unclean power-offs; leave the machine on until"
            + " the TPM's recovery time is over, or clear the TPM in the firmware setup",
        "0x1e | TPM_RC_BAD_TAG (0x1e): it is no TPM 2.0",
        "0xb0143 | an unknown response code (0xb0143)",
      })
  void aCodeIsSaidInWords(String code, String words) {
    assertEquals(words, ResponseCode.words(Integer.decode(code)));
  }
}
