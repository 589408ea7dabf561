package mos.spi.model;

import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;

/**
 * What a publisher signs: the targets of a system. Its bytes are what the signature covers; this
 * record is their meaning.
 *
 * @param version of the format, 1
 * @param product whom the system is made for: a uuid, or a name in manifests of the original
 * @param storage the volumes
 * @param targets the images, at least one
 * @param updateType how it relates to what is installed
 */
public record InstallManifest(
    int version,
    String product,
    List<Storage> storage,
    List<Target> targets,
    UpdateType updateType) {
  /** The one version of the format. */
  public static final int VERSION = 1;

  /** The largest install manifest that is accepted, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /** The most targets that are accepted. */
  public static final int MAX_TARGETS = 1000;

  /** Checks the manifest as a whole. */
  public InstallManifest {
    if (version != VERSION) {
      throw new InvalidFieldException("version", "must be " + VERSION + ", not " + version);
    }
    Names.checkText("product", product, 128);
    storage = List.copyOf(storage);
    targets = List.copyOf(targets);
    if (targets.isEmpty() || targets.size() > MAX_TARGETS) {
      throw new InvalidFieldException(
          "targets", "must have 1 to " + MAX_TARGETS + " targets, has " + targets.size());
    }
    TargetRules.check(targets, storage);
    if (updateType == UpdateType.COMPLETE) {
      TargetRules.checkLabels(targets, storage);
    }
  }

  /** The target of that name. */
  public Optional<Target> target(String serviceName) {
    return targets.stream().filter(target -> target.serviceName().equals(serviceName)).findFirst();
  }
}
