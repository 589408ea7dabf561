package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import mos.spi.model.InstallManifest;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.FS;

/**
 * The files beside {@code .git} and the index, so that a person finds in them what is committed.
 * Filters and hooks of the repository's configuration are never run.
 */
final class WorkTree {
  private final Place place;
  private final GitRepository repository;
  private final Consumer<Path> flush;

  /**
   * @param flush makes a file or a directory last
   */
  WorkTree(Place place, GitRepository repository, Consumer<Path> flush) {
    this.place = place;
    this.repository = repository;
    this.flush = flush;
  }

  /** Makes files and index those of a commit; files that are not mos's own stay. */
  void show(ObjectId commit) throws IOException {
    GitTree tree = repository.objects().tree(repository.objects().commit(commit).tree());
    for (Map.Entry<String, ObjectId> file : tree.files().entrySet()) {
      byte[] content =
          repository.objects().blob(file.getValue(), file.getKey(), InstallManifest.MAX_BYTES);
      put(place.repository().resolve(file.getKey()), content);
    }
    removeOthers(tree);
    writeIndex(tree);
    flush.accept(place.repository());
    flush.accept(place.gitDirectory());
  }

  private void put(Path file, byte[] content) throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == content.length
        && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    Path written = place.gitDirectory().resolve("mos-file");
    Files.write(written, content);
    flush.accept(written);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void removeOthers(GitTree tree) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(place.repository())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (StateFiles.isOurs(name)
            && !tree.files().containsKey(name)
            && !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(entry);
        }
      }
    }
  }

  private void writeIndex(GitTree tree) throws IOException {
    DirCache index = new DirCache(place.gitDirectory().resolve("index").toFile(), FS.DETECTED);
    if (!index.lock()) {
      throw new IOException("the index of " + place.repository() + " is locked by a git command");
    }
    try {
      DirCacheBuilder builder = index.builder();
      for (Map.Entry<String, ObjectId> file : tree.files().entrySet()) {
        Path path = place.repository().resolve(file.getKey());
        DirCacheEntry entry = new DirCacheEntry(file.getKey());
        entry.setFileMode(FileMode.REGULAR_FILE);
        entry.setObjectId(file.getValue());
        entry.setLength(Files.size(path));
        entry.setLastModified(Files.getLastModifiedTime(path).toInstant());
        builder.add(entry);
      }
      builder.finish();
      index.write();
      if (!index.commit()) {
        throw new IOException("the index of " + place.repository() + " cannot be replaced");
      }
    } finally {
      index.unlock();
    }
  }
}
