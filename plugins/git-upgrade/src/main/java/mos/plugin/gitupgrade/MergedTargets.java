package mos.plugin.gitupgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.verify.VerifiedManifest;

/**
 * The targets of the next system and the manifest that each comes from.
 *
 * @param entries what the system manifest says of them
 * @param targets the same targets in the same order
 * @param kept those among them that the new manifest does not name
 */
record MergedTargets(List<SystemTarget> entries, List<Target> targets, List<Target> kept) {
  private static final Pattern INDEX = Pattern.compile("targets\\[([0-9]{1,9})\\](.*)");

  /** All targets come from the new manifest. */
  static MergedTargets complete(VerifiedManifest next) {
    List<Target> targets = next.manifest().targets();
    List<SystemTarget> entries =
        targets.stream().map(t -> new SystemTarget(t.serviceName(), next.digest())).toList();
    return new MergedTargets(entries, targets, List.of());
  }

  /** Targets of the new manifest replace those of the same name in place; new ones follow. */
  static MergedTargets partial(
      SystemManifest current, Map<String, Target> installed, VerifiedManifest next) {
    List<SystemTarget> entries = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    List<Target> kept = new ArrayList<>();
    for (SystemTarget entry : current.targets()) {
      Optional<Target> replacement = next.manifest().target(entry.name());
      if (replacement.isPresent()) {
        entries.add(new SystemTarget(entry.name(), next.digest()));
        targets.add(replacement.get());
      } else {
        Target stays = installed.get(entry.name());
        entries.add(entry);
        targets.add(stays);
        kept.add(stays);
      }
    }
    for (Target target : next.manifest().targets()) {
      if (!installed.containsKey(target.serviceName())) {
        entries.add(new SystemTarget(target.serviceName(), next.digest()));
        targets.add(target);
      }
    }
    return new MergedTargets(List.copyOf(entries), List.copyOf(targets), List.copyOf(kept));
  }

  /**
   * The targets in the order that makes a clash name the new manifest's field: what stays, then the
   * manifest's own in their order.
   */
  List<Target> keptFirst(List<Target> ofManifest) {
    List<Target> ordered = new ArrayList<>(kept);
    ordered.addAll(ofManifest);
    return ordered;
  }

  /** The field of {@link #keptFirst} as a field of the new manifest, or of what stays. */
  String fieldOfManifest(String field) {
    Matcher matcher = INDEX.matcher(field);
    if (!matcher.matches()) {
      return field;
    }
    int index = Integer.parseInt(matcher.group(1));
    return index < kept.size()
        ? "installed target '" + kept.get(index).serviceName() + "'" + matcher.group(2)
        : "targets[" + (index - kept.size()) + "]" + matcher.group(2);
  }
}
