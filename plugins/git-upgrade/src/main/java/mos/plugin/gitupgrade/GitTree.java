package mos.plugin.gitupgrade;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The regular files of a tree by name; what else is in it (links, directories) is nothing to mos.
 *
 * @param id the tree's name
 * @param files object names by file name
 */
record GitTree(ObjectId id, SortedMap<String, ObjectId> files) {
  /** The length of a SHA-1 in a tree. */
  private static final int ID_LENGTH = 20;

  GitTree {
    files = Collections.unmodifiableSortedMap(files);
  }

  /** Reads a tree's bytes: {@code mode SP name NUL id}, again and again. */
  static GitTree parse(ObjectId id, byte[] raw, Place place) {
    SortedMap<String, ObjectId> files = new TreeMap<>();
    int at = 0;
    while (at < raw.length) {
      int space = find(raw, at, (byte) ' ');
      int nul = space < 0 ? -1 : find(raw, space, (byte) 0);
      if (nul < 0 || nul + ID_LENGTH >= raw.length) {
        throw place.damaged("the tree " + id.name() + " ends in the middle of an entry", null);
      }
      String mode = new String(raw, at, space - at, StandardCharsets.US_ASCII);
      String name = new String(raw, space + 1, nul - space - 1, StandardCharsets.UTF_8);
      if (mode.startsWith("100")) {
        files.put(name, ObjectId.fromRaw(Arrays.copyOfRange(raw, nul + 1, nul + 1 + ID_LENGTH)));
      }
      at = nul + 1 + ID_LENGTH;
    }
    return new GitTree(id, files);
  }

  /** The object of a file. */
  Optional<Map.Entry<String, ObjectId>> file(String name) {
    return Optional.ofNullable(files.get(name)).map(object -> Map.entry(name, object));
  }

  private static int find(byte[] raw, int from, byte wanted) {
    for (int i = from; i < raw.length; i++) {
      if (raw[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
