package mos.plugin.gitupgrade;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import mos.formats.SystemManifestFormat;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.verify.VerifiedManifest;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/**
 * What a commit is to hold: the files that the system needs, no others, and a message.
 *
 * @param files content by file name; all names are ASCII, so that their order is git's
 * @param message one line
 */
record CommitContent(SortedMap<String, Bytes> files, String message) {
  private static final String PERSON = "mos <mos@localhost>";

  /**
   * The files of a system.
   *
   * @param sources every install manifest that {@code next} names; others are left out
   */
  static CommitContent of(
      SystemManifest next, Collection<VerifiedManifest> sources, String message) {
    SortedMap<String, Bytes> files = new TreeMap<>();
    files.put(StateFiles.SYSTEM_MANIFESTS.getFirst(), SystemManifestFormat.write(next));
    for (SystemTarget target : next.targets()) {
      VerifiedManifest source = source(target.source(), sources);
      StateFiles names = StateFiles.written(target.source());
      files.put(names.manifest(), source.bytes());
      files.put(names.signature(), source.signature());
      files.put(StateFiles.certificate(target.source()), source.certificate());
    }
    return new CommitContent(files, message.replaceAll("\\p{Cntrl}+", " ").strip());
  }

  private static VerifiedManifest source(Digest digest, Collection<VerifiedManifest> sources) {
    return sources.stream()
        .filter(source -> source.digest().equals(digest))
        .findFirst()
        .orElseThrow(
            () ->
                new MosException(
                    ErrorCode.INTERNAL, "the manifest " + digest + " was not given to the commit"));
  }

  /** Whether a commit has just these files. */
  boolean isIn(GitTree tree) {
    if (!tree.files().keySet().equals(files.keySet())) {
      return false;
    }
    ObjectInserter.Formatter names = new ObjectInserter.Formatter();
    return files.entrySet().stream()
        .allMatch(
            file ->
                names
                    .idFor(Constants.OBJ_BLOB, file.getValue().toArray())
                    .equals(tree.files().get(file.getKey())));
  }

  /** The tree's bytes. */
  static byte[] tree(SortedMap<String, ObjectId> blobs) {
    ByteArrayOutputStream tree = new ByteArrayOutputStream();
    for (Map.Entry<String, ObjectId> blob : blobs.entrySet()) {
      tree.writeBytes(("100644 " + blob.getKey() + "\0").getBytes(StandardCharsets.US_ASCII));
      byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
      blob.getValue().copyRawTo(id, 0);
      tree.writeBytes(id);
    }
    return tree.toByteArray();
  }

  /** The commit's bytes. */
  byte[] commit(ObjectId tree, Optional<ObjectId> parent, Instant when) {
    String person = PERSON + " " + when.getEpochSecond() + " +0000\n";
    String text =
        "tree "
            + tree.name()
            + "\n"
            + parent.map(id -> "parent " + id.name() + "\n").orElse("")
            + "author "
            + person
            + "committer "
            + person
            + "\n"
            + message
            + "\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
