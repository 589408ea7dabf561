package mos.spi.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.InvalidFieldException;

/**
 * What is installed ({@code manifest.yaml} in {@code manifest.git}): which install manifest defines
 * each target, which ids belong to which group, and the volumes. It is not signed; everything it
 * refers to is.
 *
 * @param idRanges one range per namespace group, none overlapping
 * @param targets the installed targets, names unique
 * @param storage the installed volumes, labels unique
 */
public record SystemManifest(
    List<IdRange> idRanges, List<SystemTarget> targets, List<Storage> storage) {
  /** Checks uniqueness and that no ranges overlap. */
  public SystemManifest {
    idRanges = List.copyOf(idRanges);
    targets = List.copyOf(targets);
    storage = List.copyOf(storage);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < targets.size(); i++) {
      if (!names.add(targets.get(i).name())) {
        throw new InvalidFieldException(
            "targets[" + i + "].name", "'" + targets.get(i).name() + "' stands twice");
      }
    }
    Set<String> labels = new HashSet<>();
    for (int i = 0; i < storage.size(); i++) {
      if (!labels.add(storage.get(i).label())) {
        throw new InvalidFieldException(
            "storage[" + i + "].label", "'" + storage.get(i).label() + "' stands twice");
      }
    }
    for (int i = 0; i < idRanges.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (idRanges.get(i).nsgroup().equals(idRanges.get(j).nsgroup())) {
          throw new InvalidFieldException(
              "uidmaps[" + i + "].idmap-name", "'" + idRanges.get(i).nsgroup() + "' stands twice");
        }
        if (idRanges.get(i).overlaps(idRanges.get(j))) {
          throw new InvalidFieldException(
              "uidmaps[" + i + "].hostid",
              "overlaps the range of '" + idRanges.get(j).nsgroup() + "'");
        }
      }
    }
  }

  /** The installed target of that name. */
  public Optional<SystemTarget> target(String name) {
    return targets.stream().filter(target -> target.name().equals(name)).findFirst();
  }

  /** The range of a group. */
  public Optional<IdRange> idRange(NamespaceGroup nsgroup) {
    return idRanges.stream().filter(range -> range.nsgroup().equals(nsgroup)).findFirst();
  }
}
