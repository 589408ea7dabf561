package mos.spi.model;

import mos.spi.InvalidFieldException;

/**
 * A storage volume.
 *
 * @param label its name, unique in the system
 * @param persistent whether its content survives a reboot
 * @param nsgroup whose user ids own it
 * @param sizeMiB its size in MiB, 1 or more
 */
public record Storage(String label, boolean persistent, NamespaceGroup nsgroup, long sizeMiB) {
  private static final long MAX_MIB = 1L << 40;

  /** Checks label and size. */
  public Storage {
    Names.checkLabel("label", label);
    if (sizeMiB < 1 || sizeMiB > MAX_MIB) {
      throw new InvalidFieldException("size", "must be 1 or more MiB, not " + sizeMiB);
    }
  }
}
