package mos.formats;

import java.util.List;
import java.util.Set;
import mos.spi.InvalidFieldException;
import mos.spi.model.InstallManifest;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;

/**
 * What a publisher writes, input of {@code mosb manifest publish}.
 *
 * @param version of the format, 1
 * @param product a project's name or uuid
 * @param storage the volumes
 * @param targets the images, at least one
 * @param updateType how it relates to what is installed
 */
public record UserManifest(
    int version,
    String product,
    List<Storage> storage,
    List<UserTarget> targets,
    UpdateType updateType) {
  /** The largest user manifest that is accepted, in bytes. */
  public static final int MAX_BYTES = InstallManifest.MAX_BYTES;

  /** Checks all that the install manifest made of it will be checked for. */
  public UserManifest {
    storage = List.copyOf(storage);
    targets = List.copyOf(targets);
    List<Target> unresolved = targets.stream().map(UserTarget::unresolved).toList();
    InstallManifest unused = new InstallManifest(version, product, storage, unresolved, updateType);
    storage = unused.storage();
  }

  /**
   * Checks that every service type is known.
   *
   * @throws InvalidFieldException naming the first target whose type is not
   */
  public void checkTypes(Set<ServiceType> known) {
    checkTypes(targets.stream().map(UserTarget::serviceType).toList(), known);
  }

  /** The same for the targets of an install manifest. */
  public static void checkTypes(List<ServiceType> types, Set<ServiceType> known) {
    for (int i = 0; i < types.size(); i++) {
      if (!known.contains(types.get(i))) {
        List<String> names = known.stream().map(ServiceType::value).sorted().toList();
        throw new InvalidFieldException(
            "targets[" + i + "].service_type",
            "'" + types.get(i) + "' is not known here; known are " + String.join(", ", names));
      }
    }
  }
}
