package mos.plugin.atomfs;

import java.util.ArrayList;
import java.util.List;
import mos.spi.InvalidFieldException;

/**
 * An entry of a tar file, its extended headers applied.
 *
 * @param path below the root of the layer, without leading or trailing slash; empty for the root
 *     itself
 * @param header its header block
 * @param mtime seconds since 1970, from the extended header where that has one
 * @param pax the records of its extended header
 * @param start where its first extension or header begins, in bytes
 * @param headerAt where its header begins
 * @param end where the next entry begins
 */
record TarEntry(
    String path,
    TarHeader header,
    long mtime,
    PaxRecords pax,
    long start,
    long headerAt,
    long end) {
  private static final int MAX_COMPONENT = 255;
  private static final int MAX_PATH = 4096;

  /** Whether it is a directory; in old archives the name alone says so. */
  boolean isDirectory() {
    return header.type() == '5' || (header.type() == '0' && header.name().endsWith("/"));
  }

  /** The last component of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The path of the directory it is in, empty for the root. */
  String parent() {
    return parent(path);
  }

  /** The path of the directory that a path is in. */
  static String parent(String path) {
    return path.substring(0, Math.max(path.lastIndexOf('/'), 0));
  }

  /**
   * The path that a name in a tar file stands for.
   *
   * @throws InvalidFieldException when it leaves the root, or no Linux file system could hold it
   */
  static String normalise(String name) {
    if (name.isEmpty() || name.length() > MAX_PATH || name.indexOf('\0') >= 0) {
      throw new InvalidFieldException(
          "name", "must have 1 to " + MAX_PATH + " bytes, none of them 0");
    }
    List<String> components = new ArrayList<>();
    for (String component : name.split("/", -1)) {
      if (component.equals("..")) {
        throw new InvalidFieldException("name", "must not contain '..'");
      }
      if (component.length() > MAX_COMPONENT) {
        throw new InvalidFieldException(
            "name", "has a component of over " + MAX_COMPONENT + " bytes");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    return String.join("/", components);
  }
}
