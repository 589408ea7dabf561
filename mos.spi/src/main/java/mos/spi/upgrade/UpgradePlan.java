package mos.spi.upgrade;

import java.util.List;
import mos.spi.model.SystemManifest;
import mos.spi.verify.VerifiedManifest;

/**
 * How the next system differs from the present one.
 *
 * @param next the next system
 * @param sources every install manifest that it names
 * @param added targets that are new
 * @param changed targets whose image or definition differs
 * @param removed targets that go
 * @param kept targets that stay as they are
 */
public record UpgradePlan(
    SystemManifest next,
    List<VerifiedManifest> sources,
    List<String> added,
    List<String> changed,
    List<String> removed,
    List<String> kept) {
  /** Copies the lists. */
  public UpgradePlan {
    sources = List.copyOf(sources);
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    kept = List.copyOf(kept);
  }
}
