package mos.spi.model;

import mos.spi.InvalidFieldException;

/**
 * A port of the host that leads to a port of a service.
 *
 * @param host the host's port, 1 to 65535
 * @param container the service's port, 1 to 65535
 */
public record PortForward(int host, int container) {
  /** Checks both ranges. */
  public PortForward {
    check("host", host);
    check("container", container);
  }

  private static void check(String field, int port) {
    if (port < 1 || port > 65535) {
      throw new InvalidFieldException(field, "a port is 1 to 65535, not " + port);
    }
  }
}
