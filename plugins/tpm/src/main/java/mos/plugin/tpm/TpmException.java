package mos.plugin.tpm;

import mos.spi.ErrorCode;
import mos.spi.MosException;

/** A command that the TPM answered with a response code. */
final class TpmException extends MosException {
  private static final long serialVersionUID = 1L;

  private final int responseCode;

  TpmException(Command command, int responseCode) {
    super(
        ErrorCode.RESOURCE,
        "the TPM answers " + command.words() + " with " + ResponseCode.words(responseCode));
    this.responseCode = responseCode;
  }

  /** Which one, without the number of the handle, session or parameter. */
  int kind() {
    return ResponseCode.kind(responseCode);
  }
}
