package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
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

  // Where the last entry of each name begins, inverted for a directory. Archives have many entries.
  private final Map<String, Long> named = new HashMap<>();

  private final SortedSet<String> parents = new TreeSet<>();
  private final SortedSet<String> whiteouts = new TreeSet<>();
  private final SortedSet<String> opaque = new TreeSet<>();
  private Optional<TarEntry> root = Optional.empty();
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
      named.put(entry.path(), entry.isDirectory() ? ~entry.start() : entry.start());
      if (entry.path().equals(ROOT)) {
        root = Optional.of(entry);
      }
    } else if (name.equals(OPAQUE)) {
      if (entry.parent().equals(ROOT)) {
        throw invalid(entry, "hides all lower layers: leave them out of the image instead");
      }
      opaque.add(entry.parent());
    } else if (name.startsWith(RESERVED) || name.equals(WHITEOUT) || entry.isDirectory()) {
      throw invalid(entry, "is no whiteout that the OCI image specification knows");
    } else {
      String parent = entry.parent().equals(ROOT) ? "" : entry.parent() + "/";
      whiteouts.add(parent + name.substring(WHITEOUT.length()));
    }
  }

  private void checkParents() {
    parents.add(ROOT);
    for (String parent : parents) {
      if (named.containsKey(parent) && !isDirectory(parent)) {
        throw MosException.invalid(
            "%s: entry '%s' has entries below it, but is no directory".formatted(file, parent));
      }
    }
  }

  private boolean isDirectory(String path) {
    return named.getOrDefault(path, 0L) < 0;
  }

  /**
   * A whiteout hides lower layers only: a directory of the same name here is opaque, a file
   * replaces.
   */
  private void hideWhatIsReplaced() {
    for (String path : whiteouts()) {
      if (named.containsKey(path) || parents.contains(path)) {
        whiteouts.remove(path);
        if (parents.contains(path) || isDirectory(path)) {
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
    Long last = named.get(entry.path());
    long start = entry.start();
    return last != null && (last == start || last == ~start) && !entry.path().equals(ROOT);
  }

  /** Whether the directory hides what lower layers have at its path. */
  boolean isOpaque(String path) {
    return opaque.contains(path);
  }

  /** The entry of the root directory, when the archive has one. */
  Optional<TarEntry> root() {
    return root;
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
    return new TreeSet<>(whiteouts);
  }

  /** The newest time of any entry, in seconds since 1970; 0 when there is none. */
  long newest() {
    return newest;
  }
}
