package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/**
 * Where the state of a host is.
 *
 * @param config the host's configuration directory
 * @param name the repository's name in it
 */
record Place(Path config, String name) {
  /** Where a host's configuration directory has it. */
  Place(Path config) {
    this(config, "manifest.git");
  }

  /** Where a first repository is made before it gets its name. */
  Place beside() {
    return new Place(config, ".manifest.git.new");
  }

  /** The repository with its work tree. */
  Path repository() {
    return config.resolve(name);
  }

  /** What git keeps about it. */
  Path gitDirectory() {
    return repository().resolve(".git");
  }

  /** The lock. */
  Path lock() {
    return config.resolve("manifest.lock");
  }

  /** Says that a change is under way: whoever finds it without holding the lock mends. */
  Path changing() {
    return gitDirectory().resolve("mos-changing");
  }

  /**
   * Whether there is a repository; an empty directory of its name is none.
   *
   * @throws MosException INVALID when there is something else
   */
  boolean hasRepository() {
    try {
      if (!Files.exists(repository(), LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      if (Files.isDirectory(gitDirectory(), LinkOption.NOFOLLOW_LINKS)) {
        return true;
      }
      if (Files.isDirectory(repository(), LinkOption.NOFOLLOW_LINKS) && isEmpty(repository())) {
        return false;
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + repository(), e);
    }
    throw MosException.invalid(
        repository()
            + ": is not a git repository with a work tree (no directory .git in it); restore it, or"
            + " move it away and install again");
  }

  /** The repository is there and damaged. */
  MosException damaged(String what, @Nullable Throwable cause) {
    return new MosException(
        ErrorCode.INVALID,
        repository() + ": " + what + "; examine it with: git -C " + repository() + " fsck --full",
        cause);
  }

  static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }
}
