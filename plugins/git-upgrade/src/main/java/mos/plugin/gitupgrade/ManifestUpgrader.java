package mos.plugin.gitupgrade;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.model.Storage;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.model.TargetRules;
import mos.spi.model.UpdateType;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.verify.VerifiedManifest;

/** Decides what the next system is, from manifests alone. */
public final class ManifestUpgrader implements Upgrader {
  /** For {@link java.util.ServiceLoader}. */
  public ManifestUpgrader() {}

  @Override
  public UpgradePlan install(VerifiedManifest manifest) {
    SystemManifest nothing = new SystemManifest(List.of(), List.of(), List.of());
    return plan(nothing, Map.of(), Map.of(), manifest, UpdateType.COMPLETE);
  }

  @Override
  public UpgradePlan update(
      SystemManifest current,
      Collection<VerifiedManifest> installed,
      VerifiedManifest next,
      Set<Digest> earlier,
      Downgrade downgrade) {
    installed.forEach(manifest -> checkProduct(manifest, next));
    Map<Digest, VerifiedManifest> sources = new HashMap<>();
    installed.forEach(manifest -> sources.put(manifest.digest(), manifest));
    Map<String, Target> targets = installedTargets(current, sources);
    if (downgrade == Downgrade.REFUSE) {
      new DowngradeCheck(current, targets).refuseOlder(next, earlier);
    }
    return plan(current, sources, targets, next, next.manifest().updateType());
  }

  /**
   * The certificate's product must stay. So must a product name: where a manifest gives a uuid
   * instead, the gate has already compared it with the certificate's.
   */
  private static void checkProduct(VerifiedManifest installed, VerifiedManifest next) {
    if (!installed.product().equals(next.product())) {
      throw MosException.refused(
          next.origin()
              + ": is for product "
              + next.product()
              + ", installed is "
              + installed.product());
    }
    String before = installed.manifest().product();
    String after = next.manifest().product();
    if (!before.equals(after) && !isUuid(before) && !isUuid(after)) {
      throw MosException.refused(
          next.origin() + ": is for product '" + after + "', installed is '" + before + "'");
    }
  }

  private static boolean isUuid(String product) {
    try {
      return UUID.fromString(product).toString().equalsIgnoreCase(product);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Map<String, Target> installedTargets(
      SystemManifest current, Map<Digest, VerifiedManifest> sources) {
    Map<String, Target> targets = new LinkedHashMap<>();
    for (SystemTarget entry : current.targets()) {
      VerifiedManifest source = sources.get(entry.source());
      if (source == null) {
        throw new MosException(
            ErrorCode.INTERNAL,
            "the installed manifest " + entry.source() + " was not given to the upgrade");
      }
      Target target =
          source
              .manifest()
              .target(entry.name())
              .orElseThrow(
                  () ->
                      MosException.invalid(
                          "the installed system names a target '"
                              + entry.name()
                              + "' that its manifest "
                              + entry.source()
                              + " does not have"));
      targets.put(entry.name(), target);
    }
    return targets;
  }

  private static UpgradePlan plan(
      SystemManifest current,
      Map<Digest, VerifiedManifest> sources,
      Map<String, Target> installed,
      VerifiedManifest next,
      UpdateType type) {
    MergedTargets merged =
        type == UpdateType.COMPLETE
            ? MergedTargets.complete(next)
            : MergedTargets.partial(current, installed, next);
    List<Storage> volumes =
        type == UpdateType.COMPLETE
            ? next.manifest().storage()
            : mergeVolumes(current.storage(), next.manifest().storage());
    checkRules(next, merged, volumes);

    SystemManifest system =
        new SystemManifest(
            IdRanges.assign(current.idRanges(), merged.targets(), volumes),
            merged.entries(),
            volumes);
    Map<Digest, VerifiedManifest> used = new LinkedHashMap<>();
    for (SystemTarget entry : system.targets()) {
      boolean isNew = entry.source().equals(next.digest());
      used.put(entry.source(), isNew ? next : sources.get(entry.source()));
    }
    return differences(system, List.copyOf(used.values()), installed, merged);
  }

  private static UpgradePlan differences(
      SystemManifest system,
      List<VerifiedManifest> sources,
      Map<String, Target> installed,
      MergedTargets merged) {
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (Target target : merged.targets()) {
      Target before = installed.get(target.serviceName());
      List<String> where = before == null ? added : before.equals(target) ? kept : changed;
      where.add(target.serviceName());
    }
    List<String> removed = new ArrayList<>(installed.keySet());
    merged.targets().forEach(target -> removed.remove(target.serviceName()));
    return new UpgradePlan(system, sources, added, changed, removed, kept);
  }

  /** Volumes of the same label are replaced in place, new ones follow. */
  private static List<Storage> mergeVolumes(List<Storage> present, List<Storage> next) {
    Map<String, Storage> volumes = new LinkedHashMap<>();
    present.forEach(volume -> volumes.put(volume.label(), volume));
    next.forEach(volume -> volumes.put(volume.label(), volume));
    return List.copyOf(volumes.values());
  }

  private static void checkRules(
      VerifiedManifest next, MergedTargets merged, List<Storage> volumes) {
    List<Target> keptFirst = merged.keptFirst(next.manifest().targets());
    try {
      TargetRules.check(keptFirst, volumes);
      TargetRules.checkLabels(keptFirst, volumes);
    } catch (InvalidFieldException e) {
      throw MosException.invalid(
          next.origin()
              + ": "
              + merged.fieldOfManifest(e.field())
              + ": "
              + e.problem()
              + (merged.kept().isEmpty() ? "" : " (counting what stays installed)"));
    }
  }
}
