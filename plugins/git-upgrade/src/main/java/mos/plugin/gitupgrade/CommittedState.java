package mos.plugin.gitupgrade;

import java.util.List;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.SystemState;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/** What the commits say. The repository is opened when it is first asked for. */
final class CommittedState implements SystemState {
  private final Place place;
  private final Runnable release;
  private @Nullable GitRepository repository;

  /**
   * @param release gives the lock back
   */
  CommittedState(Place place, Runnable release) {
    this.place = place;
    this.release = release;
  }

  @Override
  public Optional<InstalledSystem> current() {
    return repository().flatMap(found -> found.head().map(found::system));
  }

  @Override
  public InstalledSystem at(String revision) {
    if (!ObjectId.isId(revision)) {
      throw MosException.notFound(place.repository() + ": '" + revision + "' is no revision");
    }
    return repository()
        .map(found -> found.system(ObjectId.fromString(revision)))
        .orElseThrow(() -> MosException.notFound(place.repository() + ": there is none"));
  }

  @Override
  public List<Revision> history(int limit) {
    Optional<GitRepository> found = repository();
    Optional<ObjectId> head = found.flatMap(GitRepository::head);
    return head.isEmpty() ? List.of() : found.get().history(head.get(), limit);
  }

  /** The repository; empty when there is none. */
  Optional<GitRepository> repository() {
    if (repository == null && place.hasRepository()) {
      repository = new GitRepository(place);
    }
    return Optional.ofNullable(repository);
  }

  @Override
  public void close() {
    try {
      if (repository != null) {
        repository.close();
        repository = null;
      }
    } finally {
      release.run();
    }
  }
}
