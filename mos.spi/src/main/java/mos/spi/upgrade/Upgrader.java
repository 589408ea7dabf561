package mos.spi.upgrade;

import java.util.Collection;
import java.util.Set;
import mos.spi.model.Digest;
import mos.spi.model.SystemManifest;
import mos.spi.verify.VerifiedManifest;

/**
 * Phase upgrade: decides what the next system is. Pure: it reads and writes nothing. One per
 * program.
 */
public interface Upgrader {
  /** The first system that a manifest makes. */
  UpgradePlan install(VerifiedManifest manifest);

  /**
   * The system after an update, complete or partial as the manifest says.
   *
   * @param current what is installed
   * @param installed every install manifest that {@code current} names, verified
   * @param next the new manifest
   * @param earlier manifests that were installed before and are no longer
   * @param downgrade what to do when {@code next} is older
   * @throws mos.spi.MosException REFUSED when {@code next} is older and that is not allowed, or is
   *     for another product; INVALID when its targets clash with those that stay
   */
  UpgradePlan update(
      SystemManifest current,
      Collection<VerifiedManifest> installed,
      VerifiedManifest next,
      Set<Digest> earlier,
      Downgrade downgrade);

  /** Whether an older manifest may replace a newer one. */
  enum Downgrade {
    /** No: what is older is refused. */
    REFUSE,
    /** Yes: the user said so. */
    ALLOW
  }
}
