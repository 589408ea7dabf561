package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import mos.linux.Storage;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.UndoLog;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Adds a commit to a repository. Objects are written and flushed, then the branch moves by one
 * rename, then the work tree follows. Until the rename the old system is installed, after it the
 * new one; a failure before it takes back what was written.
 */
final class CommitWriter {
  private final Place place;
  private final GitRepository repository;

  CommitWriter(Place place, GitRepository repository) {
    this.place = place;
    this.repository = repository;
  }

  ObjectId commit(CommitContent content, Optional<ObjectId> parent) throws IOException {
    String branch = repository.branch();
    ObjectId commit;
    try (UndoLog undo = new UndoLog()) {
      Files.write(place.changing(), new byte[0]);
      undo.push("remove " + place.changing(), () -> Files.deleteIfExists(place.changing()));
      Storage.flush(place.gitDirectory());
      NewObjects objects = new NewObjects(place, repository.jgit(), undo, Storage::flush);
      commit = objects.insert(content, parent);
      move(branch, commit, undo);
      undo.disarm();
    }
    followUp(commit);
    return commit;
  }

  /** As git does it: a lock file that nobody else may have, renamed over the reference. */
  private void move(String branch, ObjectId commit, UndoLog undo) throws IOException {
    Path reference = place.gitDirectory().resolve(branch);
    Path directory = reference.resolveSibling("");
    Path lock = place.gitDirectory().resolve(branch + ".lock");
    Files.createDirectories(directory);
    try {
      Files.createFile(lock);
    } catch (FileAlreadyExistsException e) {
      throw new MosException(
          ErrorCode.BUSY,
          lock + " exists: a git command is at work there; if none is, remove that file",
          e);
    }
    undo.push("remove " + lock, () -> Files.deleteIfExists(lock));
    Files.writeString(lock, commit.name() + "\n", StandardCharsets.US_ASCII);
    Storage.flush(lock);
    Files.move(lock, reference, StandardCopyOption.ATOMIC_MOVE);
    undo.disarm();
    Storage.flush(directory);
  }

  /**
   * The work tree is for people, and the change is made: what cannot be written now is left, with
   * its mark, to the next writer.
   */
  private void followUp(ObjectId commit) {
    try {
      new WorkTree(place, repository, Storage::flush).show(commit);
      Files.deleteIfExists(place.changing());
    } catch (IOException | MosException e) {
      return;
    }
  }
}
