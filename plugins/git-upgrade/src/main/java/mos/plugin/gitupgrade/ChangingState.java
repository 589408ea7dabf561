package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;
import mos.spi.UndoLog;
import mos.spi.model.SystemManifest;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.VerifiedManifest;
import org.eclipse.jgit.lib.ObjectId;

/** The state under the exclusive lock. What opening it created goes when nothing is committed. */
final class ChangingState implements WritableSystemState {
  private static final int ATTEMPTS = 100;

  private final Place place;
  private final ManifestLock lock;
  private final UndoLog undo;
  private CommittedState committed;

  private ChangingState(Place place, ManifestLock lock, UndoLog undo) {
    this.place = place;
    this.lock = lock;
    this.undo = undo;
    this.committed = new CommittedState(place, () -> {});
  }

  static ChangingState open(Place place, String owner) {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(place, owner);
      } catch (NoSuchFileException e) {
        // Another writer gave up and took its directories along: make them again.
        if (attempt == ATTEMPTS) {
          throw MosException.io("cannot lock " + place.lock(), e);
        }
      } catch (IOException e) {
        throw MosException.io("cannot lock " + place.lock(), e);
      }
    }
  }

  private static ChangingState attempt(Place place, String owner) throws IOException {
    UndoLog undo = new UndoLog();
    boolean opened = false;
    try {
      createDirectories(place.config(), undo);
      ManifestLock lock = ManifestLock.exclusive(place.lock(), owner);
      undo.push("give back the lock " + place.lock(), lock::close);
      new Mending(place).run();
      opened = true;
      return new ChangingState(place, lock, undo);
    } finally {
      if (!opened) {
        undo.close();
      }
    }
  }

  private static void createDirectories(Path directory, UndoLog undo) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent, undo);
    }
    try {
      Files.createDirectory(directory);
      undo.push("remove " + directory, () -> removeIfEmpty(directory));
    } catch (FileAlreadyExistsException e) {
      // Somebody else made it at the same moment; it is his to remove.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /** Somebody else may have put something into it meanwhile. */
  private static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }

  @Override
  public Optional<InstalledSystem> current() {
    return committed.current();
  }

  @Override
  public InstalledSystem at(String revision) {
    return committed.at(revision);
  }

  @Override
  public List<Revision> history(int limit) {
    return committed.history(limit);
  }

  @Override
  public String commit(SystemManifest next, Collection<VerifiedManifest> sources, String message) {
    CommitContent content = CommitContent.of(next, sources, message);
    Optional<GitRepository> repository = committed.repository();
    Optional<ObjectId> head = repository.flatMap(GitRepository::head);
    try {
      ObjectId commit;
      if (repository.isEmpty()) {
        commit = new FirstRepository(place).create(content);
      } else if (head.isPresent() && content.isIn(repository.get().system(head.get()).tree())) {
        return head.get().name();
      } else {
        commit = new CommitWriter(place, repository.get()).commit(content, head);
      }
      settle();
      return commit.name();
    } catch (IOException e) {
      throw MosException.io("cannot commit to " + place.repository(), e);
    }
  }

  /** What was made stays; what is read from now on is the new commit. */
  private void settle() {
    lock.keepFile();
    committed.close();
    committed = new CommittedState(place, () -> {});
    undo.disarm();
    undo.push("give back the lock " + place.lock(), lock::close);
  }

  @Override
  public void close() {
    try {
      committed.close();
    } finally {
      undo.close();
    }
  }
}
