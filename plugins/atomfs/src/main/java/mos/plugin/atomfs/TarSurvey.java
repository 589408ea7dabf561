package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mos.spi.MosException;

/**
 * What has to be known of a whole tar file before its entries can be handed on: which entry of a
 * name counts (the last one), which directories are only implied by the names in them, and what the
 * whiteouts of an OCI layer hide (OCI image specification 1.1, "Image Layer Filesystem Changeset").
 */
final class TarSurvey {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String RESERVED = ".wh..wh.";
  private static final String ROOT = "";

  private final String file;
  private final Map<String, TarEntry> named = new HashMap<>();
  private final SortedSet<String> parents = new TreeSet<>();
  private final TreeMap<String, TarEntry> whiteouts = new TreeMap<>();
  private final SortedSet<String> opaque = new TreeSet<>();
  private long newest;

  private TarSurvey(String file) {
    this.file = file;
  }

  /**
   * Reads every header of a tar file.
   *
   * @param file its name, for messages
   * @throws MosException INVALID when it is no tar file or cannot become a file system
   */
  static TarSurvey of(FileChannel channel, String file) throws IOException {
    TarSurvey survey = new TarSurvey(file);
    TarReader reader = new TarReader(channel, file);
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      survey.add(entry.get());
    }
    survey.checkParents();
    survey.hideWhatIsReplaced();
    return survey;
  }

  private void add(TarEntry entry) {
    newest = Math.max(newest, entry.mtime());
    for (String parent = entry.parent(); parents.add(parent); parent = TarEntry.parent(parent)) {
      if (("/" + parent).contains("/" + WHITEOUT)) {
        throw invalid(entry, "is below a whiteout");
      }
    }
    String name = entry.name();
    if (!name.startsWith(WHITEOUT)) {
      named.put(entry.path(), entry);
    } else if (name.equals(OPAQUE)) {
      if (entry.parent().equals(ROOT)) {
        throw invalid(entry, "hides all lower layers: leave them out of the image instead");
      }
      opaque.add(entry.parent());
    } else if (name.startsWith(RESERVED) || name.equals(WHITEOUT) || entry.isDirectory()) {
      throw invalid(entry, "is no whiteout that the OCI image specification knows");
    } else {
      whiteouts.put(
          (entry.parent() + "/" + name.substring(WHITEOUT.length())).replaceFirst("^/", ""), entry);
    }
  }

  private void checkParents() {
    for (String parent : parents) {
      TarEntry entry = named.get(parent);
      if (entry != null && !entry.isDirectory()) {
        throw invalid(entry, "has entries below it, but is no directory");
      }
    }
    TarEntry root = named.get(ROOT);
    if (root != null && !root.isDirectory()) {
      throw invalid(root, "the root must be a directory");
    }
  }

  /**
   * A whiteout hides lower layers only: a directory of the same name here is opaque, a file
   * replaces.
   */
  private void hideWhatIsReplaced() {
    for (String path : new TreeSet<>(whiteouts.keySet())) {
      TarEntry here = named.get(path);
      if (here != null || parents.contains(path)) {
        whiteouts.remove(path);
        if (here == null || here.isDirectory()) {
          opaque.add(path);
        }
      }
    }
  }

  private MosException invalid(TarEntry entry, String problem) {
    return MosException.invalid("%s: entry '%s' %s".formatted(file, entry.path(), problem));
  }

  /**
   * Whether this entry, and no later one of its name, becomes a file; the root and whiteouts never
   * do.
   */
  boolean counts(TarEntry entry) {
    TarEntry last = named.get(entry.path());
    return last != null && last.start() == entry.start() && !entry.path().equals(ROOT);
  }

  /** Whether the directory hides what lower layers have at its path. */
  boolean isOpaque(String path) {
    return opaque.contains(path);
  }

  /** The entry of the root directory, when the archive has one. */
  Optional<TarEntry> root() {
    return Optional.ofNullable(named.get(ROOT));
  }

  /** The directories that no entry describes, but the root; parents before their children. */
  SortedSet<String> implied() {
    SortedSet<String> implied = new TreeSet<>(parents);
    implied.addAll(opaque);
    implied.removeAll(named.keySet());
    implied.remove(ROOT);
    return implied;
  }

  /** The paths that lower layers have and this one hides. */
  SortedSet<String> whiteouts() {
    return new TreeSet<>(whiteouts.keySet());
  }

  /** The newest time of any entry, in seconds since 1970; 0 when there is none. */
  long newest() {
    return newest;
  }
}
