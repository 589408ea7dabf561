package mos.spi.verify;

/** What a document is verified for. */
public enum Purpose {
  /** To accept it now (install, update): certificates must be valid at this moment. */
  ACCEPT,
  /**
   * To use it again after it was accepted (boot, activate): certificates may have expired since.
   */
  USE
}
