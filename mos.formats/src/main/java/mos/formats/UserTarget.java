package mos.formats;

import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.image.Reference;
import mos.spi.model.Digest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.StorageMount;
import mos.spi.model.Target;

/**
 * A target as a person describes it: with the image's source instead of its digest.
 *
 * @param serviceName its name
 * @param version the publisher's version
 * @param serviceType what kind of service it is
 * @param source where the image is
 * @param network its network
 * @param nsgroup whose user ids it runs with
 * @param digest what the image manifest's digest must be, if given
 * @param size what the image manifest's size in bytes must be, if given
 * @param storage the volumes it sees
 */
public record UserTarget(
    String serviceName,
    String version,
    ServiceType serviceType,
    Reference source,
    Network network,
    NamespaceGroup nsgroup,
    Optional<Digest> digest,
    Optional<Long> size,
    List<StorageMount> storage) {
  private static final Digest UNKNOWN = new Digest("0".repeat(64));

  /** Checks every field by itself. */
  public UserTarget {
    storage = List.copyOf(storage);
    Target unused =
        new Target(
            serviceName, version, serviceType, network, nsgroup, UNKNOWN, size.orElse(2L), storage);
    storage = unused.storage();
    try {
      network.requireMeaning();
    } catch (InvalidFieldException e) {
      throw e.under("network");
    }
  }

  /** The target of the install manifest. */
  public Target resolved(Digest actualDigest, long actualSize) {
    return new Target(
        serviceName, version, serviceType, network, nsgroup, actualDigest, actualSize, storage);
  }

  /** The target with a digest that stands for none, for the rules that hold across targets. */
  Target unresolved() {
    return resolved(UNKNOWN, 2);
  }
}
