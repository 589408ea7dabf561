package mos.plugin.gitupgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.verify.VerifiedManifest;

/**
 * Finds out what a manifest would turn back. It is older than what is installed when
 *
 * <ul>
 *   <li>it was installed before and none of its targets is any more, or
 *   <li>it is installed, but one of its targets has been replaced by another manifest since, or
 *   <li>it names a target that is installed, with a lower version ({@link Versions}).
 * </ul>
 */
final class DowngradeCheck {
  private final SystemManifest current;
  private final Map<String, Target> installed;

  /**
   * @param installed the installed targets by name
   */
  DowngradeCheck(SystemManifest current, Map<String, Target> installed) {
    this.current = current;
    this.installed = installed;
  }

  /**
   * Refuses what is older.
   *
   * @param earlier manifests that were installed before
   * @throws MosException REFUSED saying what is older and how to allow it
   */
  void refuseOlder(VerifiedManifest next, Set<Digest> earlier) {
    List<String> older = older(next, earlier);
    if (!older.isEmpty()) {
      throw MosException.refused(
          next.origin()
              + ": is older than what is installed ("
              + String.join("; ", older)
              + "); to install it all the same, add --allow-downgrade");
    }
  }

  private List<String> older(VerifiedManifest next, Set<Digest> earlier) {
    List<String> older = new ArrayList<>();
    Set<Digest> sources =
        current.targets().stream().map(SystemTarget::source).collect(Collectors.toSet());
    boolean isInstalled = sources.contains(next.digest());
    if (!isInstalled && earlier.contains(next.digest())) {
      older.add("this manifest was installed before and has been replaced");
    }
    for (Target target : next.manifest().targets()) {
      Target present = installed.get(target.serviceName());
      if (present == null) {
        continue;
      }
      if (Versions.compare(target.version(), present.version()).orElse(0) < 0) {
        older.add(
            target.serviceName()
                + " is "
                + target.version()
                + ", installed is "
                + present.version());
      } else if (isInstalled && !present.equals(target) && replacedSince(next, target)) {
        older.add(target.serviceName() + " has been replaced by a later manifest");
      }
    }
    return older;
  }

  private boolean replacedSince(VerifiedManifest next, Target target) {
    return current
        .target(target.serviceName())
        .filter(installedTarget -> !installedTarget.source().equals(next.digest()))
        .isPresent();
  }
}
