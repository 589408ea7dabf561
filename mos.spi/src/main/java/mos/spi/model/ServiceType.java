package mos.spi.model;

import org.jspecify.annotations.Nullable;

/**
 * What a target is and how it is activated. The set is open: an activation plugin may bring its own
 * type. Which types a system knows is decided by its plugins, not here.
 *
 * @param value the type's name in manifests
 */
public record ServiceType(String value) {
  /** The root file system of the host. */
  public static final ServiceType HOSTFS = new ServiceType("hostfs");

  /** A service that runs in a container of its own. */
  public static final ServiceType CONTAINER = new ServiceType("container");

  /** A file system that is mounted for others to use. */
  public static final ServiceType FS_ONLY = new ServiceType("fs-only");

  /** Checks the name's form. */
  public ServiceType {
    Names.check("", value);
  }

  // Written out: what a record generates is linked at run time, in every boot, and no cache keeps
  // it.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServiceType that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
