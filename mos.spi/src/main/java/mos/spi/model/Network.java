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
 * @param ipv4 its own IPv4 address; empty = chosen by the activator
 * @param ipv6 its own IPv6 address
 * @param ports forwarded ports, no host port twice; like the addresses they have a meaning for
 *     {@link NetworkType#SIMPLE} only and are ignored otherwise
 */
public record Network(
    NetworkType type, Optional<IpAddress> ipv4, Optional<IpAddress> ipv6, List<PortForward> ports) {
  /** The host's network. */
  public static final Network HOST =
      new Network(NetworkType.HOST, Optional.empty(), Optional.empty(), List.of());

  /** No network. */
  public static final Network NONE =
      new Network(NetworkType.NONE, Optional.empty(), Optional.empty(), List.of());

  /** Checks that no host port is given twice. */
  public Network {
    ports = List.copyOf(ports);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      if (!seen.add(ports.get(i).host())) {
        throw new InvalidFieldException(
            "ports[" + i + "].host", "host port " + ports.get(i).host() + " is already forwarded");
      }
    }
  }

  /**
   * Refuses addresses and ports where they mean nothing. Publishers are told; signed manifests of
   * the original may have them, and they do no harm.
   *
   * @throws InvalidFieldException naming the field
   */
  public void requireMeaning() {
    refuse("ipv4", ipv4.isPresent());
    refuse("ipv6", ipv6.isPresent());
    refuse("ports", !ports.isEmpty());
  }

  private void refuse(String field, boolean present) {
    if (present && type != NetworkType.SIMPLE) {
      throw new InvalidFieldException(
          field, "means nothing for a network of type '" + type + "'; only 'simple' has it");
    }
  }
}
