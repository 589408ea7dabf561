package mos.plugin.gitupgrade;

import java.nio.file.Path;
import java.util.Optional;
import mos.spi.upgrade.SystemState;
import mos.spi.upgrade.SystemStateProvider;
import mos.spi.upgrade.WritableSystemState;

/** Keeps what is installed in {@code manifest.git}, a git repository that {@code git} can read. */
public final class GitStateProvider implements SystemStateProvider {
  /** For {@link java.util.ServiceLoader}. */
  public GitStateProvider() {}

  @Override
  public SystemState read(Path config) {
    Place place = new Place(config);
    Optional<ManifestLock> lock = ManifestLock.shared(place.lock());
    return new CommittedState(place, () -> lock.ifPresent(ManifestLock::close));
  }

  @Override
  public WritableSystemState write(Path config, String owner) {
    return ChangingState.open(new Place(config), owner);
  }
}
