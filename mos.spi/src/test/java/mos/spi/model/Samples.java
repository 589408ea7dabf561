package mos.spi.model;

import java.util.List;
import java.util.Optional;

/** Valid parts that tests put together or spoil. */
final class Samples {
  static final Digest DIGEST = Digest.of(new byte[] {1});

  private Samples() {}

  static Target target(String name, Network network, StorageMount... mounts) {
    return new Target(
        name,
        "1.0",
        ServiceType.CONTAINER,
        network,
        NamespaceGroup.HOST,
        DIGEST,
        500,
        List.of(mounts));
  }

  static Target target(String name) {
    return target(name, Network.HOST);
  }

  static Network simple(String ipv4, String ipv6, PortForward... ports) {
    return new Network(
        NetworkType.SIMPLE,
        ipv4.isEmpty() ? Optional.empty() : Optional.of(IpAddress.v4("ipv4", ipv4)),
        ipv6.isEmpty() ? Optional.empty() : Optional.of(IpAddress.v6("ipv6", ipv6)),
        List.of(ports));
  }

  static Storage volume(String label) {
    return new Storage(label, true, NamespaceGroup.HOST, 100);
  }
}
