package mos.spi;

/**
 * Why an operation failed, in the classes a caller can act upon. Each code maps to one exit status
 * of {@code mosctl} and {@code mosb}.
 */
public enum ErrorCode {
  /** A defect of mos itself. */
  INTERNAL(1),
  /** The command line or an API call is wrong. */
  USAGE(2),
  /** A manifest, configuration or image is malformed. */
  INVALID(3),
  /** Verification refused it: signature, chain, product, digest, verity or downgrade. */
  REFUSED(4),
  /** What was asked for does not exist. */
  NOT_FOUND(5),
  /** Another process holds the lock. */
  BUSY(6),
  /** Disk, network, registry or kernel did not do what was asked. */
  RESOURCE(7),
  /** A plugin or an external tool is not there. */
  MISSING(8);

  private final int exitStatus;

  ErrorCode(int exitStatus) {
    this.exitStatus = exitStatus;
  }

  /** The process exit status, 1 to 8. */
  public int exitStatus() {
    return exitStatus;
  }
}
