package mos.plugin.gitupgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.Supplier;
import mos.spi.MosException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Reads the objects of a repository, bounded, and checks each against its name, which JGit does
 * not. Whoever can write the disk can forge objects all the same; this finds damage.
 */
final class GitObjects implements AutoCloseable {
  /** More than a commit or a tree of a system ever has, in bytes. */
  static final int MAX_STRUCTURE = 1 << 20;

  private final Place place;
  private final LooseFiles loose;
  private final Supplier<Repository> repository;
  private @Nullable ObjectReader reader;

  /**
   * @param repository JGit's view, asked for when an object has no file of its own
   */
  GitObjects(Place place, Supplier<Repository> repository) {
    this.place = place;
    this.loose = new LooseFiles(place);
    this.repository = repository;
  }

  /** A commit. */
  GitCommit commit(ObjectId id) {
    return GitCommit.parse(id, read(id, "commit", MAX_STRUCTURE, "the commit"), place);
  }

  /** The files of a tree. */
  GitTree tree(ObjectId id) {
    return GitTree.parse(id, read(id, "tree", MAX_STRUCTURE, "the tree"), place);
  }

  /**
   * A file's content.
   *
   * @param name the file's name, for messages
   * @param max the most bytes it may have
   */
  byte[] blob(ObjectId id, String name, int max) {
    return read(id, "blob", max, name);
  }

  private byte[] read(ObjectId id, String type, int max, String name) {
    String what = name + " (object " + id.name() + ")";
    byte[] content = loose.object(id, type, max).orElseGet(() -> readByJGit(id, type, max, what));
    if (!hash(type, content).equals(id)) {
      throw place.damaged(what + " is damaged: its content has another hash", null);
    }
    return content;
  }

  private byte[] readByJGit(ObjectId id, String type, int max, String what) {
    if (reader == null) {
      reader = repository.get().newObjectReader();
    }
    try {
      ObjectLoader loader = reader.open(id, jgitType(type));
      if (loader.getSize() > max) {
        throw place.damaged(
            what + " has " + loader.getSize() + " bytes, more than the " + max + " allowed", null);
      }
      return loader.getBytes(max);
    } catch (MissingObjectException e) {
      throw place.damaged(what + " is missing", e);
    } catch (MosException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // JGit meets damaged packs with whatever its arithmetic runs into.
      throw place.damaged(what + " cannot be read: " + reason(e), e);
    }
  }

  private static int jgitType(String type) {
    return switch (type) {
      case "commit" -> Constants.OBJ_COMMIT;
      case "tree" -> Constants.OBJ_TREE;
      case "blob" -> Constants.OBJ_BLOB;
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static AnyObjectId hash(String type, byte[] content) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update((type + " " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return ObjectId.fromRaw(sha1.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
