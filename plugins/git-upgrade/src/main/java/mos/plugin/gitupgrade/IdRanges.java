package mos.plugin.gitupgrade;

import java.util.ArrayList;
import java.util.List;
import mos.spi.MosException;
import mos.spi.model.IdRange;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Storage;
import mos.spi.model.Target;

/**
 * Gives every namespace group its range of user ids, one across targets and volumes.
 *
 * <p>A range that was given stays listed, also when nothing uses its group any more: files on a
 * volume may outlive it, and must not come to belong to another group. There is room for 65534.
 */
final class IdRanges {
  private static final long LAST = (1L << 32) - 1 - IdRange.LENGTH;

  private final List<IdRange> ranges;

  private IdRanges(List<IdRange> given) {
    this.ranges = new ArrayList<>(given);
  }

  /**
   * The ranges of a system.
   *
   * @param given those that it has so far, kept as they are and in their order
   */
  static List<IdRange> assign(List<IdRange> given, List<Target> targets, List<Storage> volumes) {
    IdRanges ranges = new IdRanges(given);
    targets.forEach(target -> ranges.require(target.nsgroup()));
    volumes.forEach(volume -> ranges.require(volume.nsgroup()));
    return List.copyOf(ranges.ranges);
  }

  private void require(NamespaceGroup group) {
    if (group.isHost() || ranges.stream().anyMatch(range -> range.nsgroup().equals(group))) {
      return;
    }
    for (long id = IdRange.FIRST; id <= LAST; id += IdRange.LENGTH) {
      IdRange candidate = new IdRange(group, id);
      if (ranges.stream().noneMatch(candidate::overlaps)) {
        ranges.add(candidate);
        return;
      }
    }
    throw MosException.invalid(
        "no range of user ids is left for the namespace group '" + group + "'");
  }
}
