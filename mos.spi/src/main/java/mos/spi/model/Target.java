package mos.spi.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.spi.InvalidFieldException;

/**
 * One image of a system and what it is for.
 *
 * @param serviceName its name, unique in the system
 * @param version the publisher's version, 1 to 128 characters
 * @param serviceType what kind of service it is
 * @param network its network
 * @param nsgroup whose user ids it runs with
 * @param digest of the OCI image manifest
 * @param size of the OCI image manifest, in bytes
 * @param storage the volumes it sees
 */
public record Target(
    String serviceName,
    String version,
    ServiceType serviceType,
    Network network,
    NamespaceGroup nsgroup,
    Digest digest,
    long size,
    List<StorageMount> storage) {
  /**
   * The largest OCI image manifest that is accepted, in bytes (distribution specification 1.1:
   * registries must take 4 MiB).
   */
  public static final long MAX_IMAGE_MANIFEST = 4L << 20;

  /** Checks every field by itself. */
  public Target {
    Names.checkService("service_name", serviceName);
    Names.checkText("version", version, 128);
    if (size < 2 || size > MAX_IMAGE_MANIFEST) {
      throw new InvalidFieldException(
          "size",
          "the size of an OCI image manifest is 2 to "
              + MAX_IMAGE_MANIFEST
              + " bytes, not "
              + size);
    }
    storage = List.copyOf(storage);
    Set<String> places = new HashSet<>();
    for (int i = 0; i < storage.size(); i++) {
      if (!places.add(storage.get(i).dest())) {
        throw new InvalidFieldException(
            "storage[" + i + "].dest",
            "'" + storage.get(i).dest() + "' is already taken by another volume");
      }
    }
  }
}
