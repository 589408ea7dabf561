package mos.spi.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.InvalidFieldException;

/**
 * A service's network.
 *
 * @param type which network it sees
 * @param ipv4 its own IPv4 address, {@link NetworkType#SIMPLE} only; empty = chosen by the
 *     activator
 * @param ipv6 its own IPv6 address, {@link NetworkType#SIMPLE} only
 * @param ports forwarded ports, {@link NetworkType#SIMPLE} only, no host port twice
 */
public record Network(
    NetworkType type, Optional<IpAddress> ipv4, Optional<IpAddress> ipv6, List<PortForward> ports) {
  /** The host's network. */
  public static final Network HOST =
      new Network(NetworkType.HOST, Optional.empty(), Optional.empty(), List.of());

  /** No network. */
  public static final Network NONE =
      new Network(NetworkType.NONE, Optional.empty(), Optional.empty(), List.of());

  /**
   * Checks that addresses and ports stand where they mean something and that no host port is given
   * twice.
   */
  public Network {
    ports = List.copyOf(ports);
    if (type != NetworkType.SIMPLE) {
      refuse("ipv4", ipv4.isPresent(), type);
      refuse("ipv6", ipv6.isPresent(), type);
      refuse("ports", !ports.isEmpty(), type);
    }
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      if (!seen.add(ports.get(i).host())) {
        throw new InvalidFieldException(
            "ports[" + i + "].host", "host port " + ports.get(i).host() + " is already forwarded");
      }
    }
  }

  private static void refuse(String field, boolean present, NetworkType type) {
    if (present) {
      throw new InvalidFieldException(
          field, "means nothing for a network of type '" + type + "'; only 'simple' has it");
    }
  }
}
