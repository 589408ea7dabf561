package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import mos.linux.DirectoryTree;
import mos.linux.Storage;
import mos.spi.UndoLog;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Makes the repository of a first install complete and flushed beside its place, then renames it
 * there: there is never half a repository.
 */
final class FirstRepository {
  private static final String BRANCH = "refs/heads/master";
  private static final String CONFIG =
      "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";

  private final Place place;

  FirstRepository(Place place) {
    this.place = place;
  }

  ObjectId create(CommitContent content) throws IOException {
    try (UndoLog undo = new UndoLog()) {
      Place unfinished = place.beside();
      undo.push(
          "remove " + unfinished.repository(), () -> DirectoryTree.remove(unfinished.repository()));
      Path git = unfinished.gitDirectory();
      Files.createDirectories(git.resolve("objects/info"));
      Files.createDirectories(git.resolve("objects/pack"));
      Files.createDirectories(git.resolve("refs/tags"));
      Files.createDirectories(git.resolve(BRANCH).getParent());
      write(git.resolve("HEAD"), "ref: " + BRANCH + "\n");
      write(git.resolve("config"), CONFIG);
      ObjectId commit;
      try (GitRepository repository = new GitRepository(unfinished)) {
        UndoLog withTheWhole = new UndoLog();
        commit =
            new NewObjects(unfinished, repository.jgit(), withTheWhole, FirstRepository::later)
                .insert(content, Optional.empty());
        withTheWhole.disarm();
        write(git.resolve(BRANCH), commit.name() + "\n");
        new WorkTree(unfinished, repository, FirstRepository::later).show(commit);
      }
      Directories.flush(unfinished.repository());
      Files.move(unfinished.repository(), place.repository(), StandardCopyOption.ATOMIC_MOVE);
      undo.disarm();
      Storage.flush(place.config());
      return commit;
    }
  }

  /** What nobody knows of yet is flushed as a whole, once, before it gets its name. */
  private static void later(Path written) {}

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.US_ASCII);
  }
}
