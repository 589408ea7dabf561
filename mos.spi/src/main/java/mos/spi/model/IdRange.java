package mos.spi.model;

import mos.spi.InvalidFieldException;

/**
 * The user and group ids of the host that belong to a namespace group: {@link #LENGTH} ids from
 * {@code hostId}.
 *
 * @param nsgroup the group, never the host's own
 * @param hostId the first id on the host: {@link #FIRST} plus a multiple of {@link #LENGTH}
 */
public record IdRange(NamespaceGroup nsgroup, long hostId) {
  /** How many ids a range has. */
  public static final long LENGTH = 65536;

  /** The lowest id of any range. */
  public static final long FIRST = 100_000;

  private static final long MAX = (1L << 32) - 2;

  /** Checks the range. */
  public IdRange {
    if (nsgroup.isHost()) {
      throw new InvalidFieldException("idmap-name", "must name a group");
    }
    if (hostId < FIRST || hostId > MAX - LENGTH + 1) {
      throw new InvalidFieldException(
          "hostid", "must be " + FIRST + " or more and leave room for " + LENGTH + " ids");
    }
  }

  /** Whether both ranges have an id in common. */
  public boolean overlaps(IdRange other) {
    return hostId < other.hostId + LENGTH && other.hostId < hostId + LENGTH;
  }
}
