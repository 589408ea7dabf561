package mos.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;

/** What is mounted where ({@code /proc/self/mountinfo}, proc_pid_mountinfo(5)). */
public final class MountTable {
  private static final int POINT = 4;

  private final List<Entry> entries;

  private MountTable(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * One mount.
   *
   * @param id the kernel's number for it
   * @param parent the number of the mount that it is on
   * @param device the file system's device, {@code major:minor}
   * @param root which directory of the file system it shows
   * @param point where it is mounted
   * @param type the file system's type
   * @param source what is mounted
   * @param options the file system's own options, separated by commas
   */
  public record Entry(
      int id,
      int parent,
      String device,
      String root,
      Path point,
      String type,
      String source,
      String options) {}

  /** The mounts that this thread sees. */
  public static MountTable current() {
    try {
      return parse(Files.readAllBytes(Path.of("/proc/thread-self/mountinfo")));
    } catch (IOException e) {
      throw MosException.io("cannot read the mount table", e);
    }
  }

  /** Reads the kernel's table; names of others need not be UTF-8. */
  static MountTable parse(byte[] table) {
    return parse(new String(table, StandardCharsets.UTF_8));
  }

  /** Reads the kernel's table. */
  static MountTable parse(String table) {
    List<Entry> entries = new ArrayList<>();
    for (String line : table.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      String[] fields = line.split(" ", -1);
      int dash = 6;
      while (dash < fields.length && !fields[dash].equals("-")) {
        dash++;
      }
      if (dash + 3 >= fields.length) {
        throw MosException.invalid("mount table: cannot read the line '" + line + "'");
      }
      entry(fields, dash).ifPresent(entries::add);
    }
    return new MountTable(List.copyOf(entries));
  }

  /** A place that this process has no way to name is not one of ours. */
  private static Optional<Entry> entry(String[] fields, int dash) {
    try {
      return Optional.of(
          new Entry(
              Integer.parseInt(fields[0]),
              Integer.parseInt(fields[1]),
              fields[2],
              unescape(fields[3]),
              Path.of(unescape(fields[POINT])),
              fields[dash + 1],
              unescape(fields[dash + 2]),
              unescape(fields[dash + 3])));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** All of them, in the order they were made. */
  public List<Entry> entries() {
    return entries;
  }

  /** What is mounted at a path; the topmost of several, whatever the order in the table. */
  public Optional<Entry> at(Path point) {
    List<Entry> here = entries.stream().filter(entry -> entry.point().equals(point)).toList();
    for (Entry entry : here) {
      // The very first mount is its own parent.
      if (here.stream()
          .noneMatch(other -> other.parent() == entry.id() && other.id() != entry.id())) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** What is mounted directly on a mount. */
  public List<Entry> on(Entry mount) {
    return entries.stream()
        .filter(entry -> entry.parent() == mount.id() && entry.id() != mount.id())
        .toList();
  }

  /** Blank, tab, newline and backslash are written as a backslash and three octal digits. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
