package mos.plugin.gitupgrade;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import mos.spi.MosException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * Reads the objects of a repository, bounded, and checks each against its name, which JGit does
 * not. Whoever can write the disk can forge objects all the same; this finds damage.
 */
final class GitObjects implements AutoCloseable {
  /** More than a commit or a tree of a system ever has, in bytes. */
  static final int MAX_STRUCTURE = 1 << 20;

  private final Place place;
  private final ObjectReader reader;

  GitObjects(Place place, Repository repository) {
    this.place = place;
    this.reader = repository.newObjectReader();
  }

  /** A commit. */
  GitCommit commit(ObjectId id) {
    return GitCommit.parse(id, read(id, Constants.OBJ_COMMIT, MAX_STRUCTURE, "the commit"), place);
  }

  /** The files of a tree. */
  GitTree tree(ObjectId id) {
    return GitTree.parse(id, read(id, Constants.OBJ_TREE, MAX_STRUCTURE, "the tree"), place);
  }

  /**
   * A file's content.
   *
   * @param name the file's name, for messages
   * @param max the most bytes it may have
   */
  byte[] blob(ObjectId id, String name, int max) {
    return read(id, Constants.OBJ_BLOB, max, name);
  }

  private byte[] read(ObjectId id, int type, int max, String name) {
    String what = name + " (object " + id.name() + ")";
    byte[] content;
    try {
      ObjectLoader loader = reader.open(id, type);
      if (loader.getSize() > max) {
        throw place.damaged(
            what + " has " + loader.getSize() + " bytes, more than the " + max + " allowed", null);
      }
      content = loader.getBytes(max);
    } catch (MissingObjectException e) {
      throw place.damaged(what + " is missing", e);
    } catch (MosException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // JGit meets damaged packs with whatever its arithmetic runs into.
      throw place.damaged(what + " cannot be read: " + reason(e), e);
    }
    if (!hash(type, content).equals(id)) {
      throw place.damaged(what + " is damaged: its content has another hash", null);
    }
    return content;
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static AnyObjectId hash(int type, byte[] content) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(Constants.encodedTypeString(type));
      sha1.update((byte) ' ');
      sha1.update(Constants.encodeASCII(content.length));
      sha1.update((byte) 0);
      return ObjectId.fromRaw(sha1.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
