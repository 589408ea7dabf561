package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.linux.DirectoryTree;
import mos.linux.Storage;
import mos.spi.MosException;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Clears up after a writer that was killed, under the exclusive lock. It only acts upon the marks
 * that such a writer leaves, so that otherwise nothing is touched.
 */
final class Mending {
  private final Place place;

  Mending(Place place) {
    this.place = place;
  }

  void run() {
    try {
      DirectoryTree.remove(place.beside().repository());
      if (Files.exists(place.changing())) {
        mend();
      }
    } catch (IOException e) {
      throw MosException.io("cannot mend " + place.repository() + " after an interruption", e);
    }
  }

  private void mend() throws IOException {
    Path git = place.gitDirectory();
    Files.deleteIfExists(git.resolve("index.lock"));
    Files.deleteIfExists(git.resolve("mos-file"));
    removeUnfinishedObjects(git.resolve("objects"));
    try (GitRepository repository = new GitRepository(place)) {
      Files.deleteIfExists(git.resolve(repository.branch() + ".lock"));
      Optional<ObjectId> head = repository.head();
      if (head.isPresent()) {
        new WorkTree(place, repository, Storage::flush).show(head.get());
      }
    }
    Files.deleteIfExists(place.changing());
  }

  /**
   * JGit's temporary files; whole objects that no commit names are harmless, and git's gc drops
   * them.
   */
  private static void removeUnfinishedObjects(Path objects) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(objects, "noz*.tmp")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }
}
