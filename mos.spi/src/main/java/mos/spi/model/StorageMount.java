package mos.spi.model;

/**
 * A storage volume that a service sees.
 *
 * @param dest where in the service, an absolute path
 * @param label the volume
 */
public record StorageMount(String dest, String label) {
  /** Checks path and label. */
  public StorageMount {
    Names.checkInnerPath("dest", dest);
    Names.checkLabel("label", label);
  }
}
