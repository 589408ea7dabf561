package mos.linux;

import mos.spi.ErrorCode;
import mos.spi.MosException;

/** A program ended with another status than 0. */
public final class ProgramFailedException extends MosException {
  private static final long serialVersionUID = 1L;

  private final int status;

  ProgramFailedException(String commandLine, int status, String reason) {
    super(
        ErrorCode.RESOURCE,
        commandLine + ": ended with " + status + (reason.isEmpty() ? "" : ": " + reason));
    this.status = status;
  }

  /** The status it ended with, 1 to 255. */
  public int status() {
    return status;
  }
}
