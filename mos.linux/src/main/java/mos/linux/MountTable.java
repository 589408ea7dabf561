package mos.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
   * @param device the file system's device, {@code major:minor}
   * @param root which directory of the file system it shows
   * @param point where it is mounted
   * @param type the file system's type
   * @param source what is mounted
   */
  public record Entry(int id, String device, String root, Path point, String type, String source) {}

  /** The mounts that this thread sees. */
  public static MountTable current() {
    try {
      return parse(
          Files.readString(Path.of("/proc/thread-self/mountinfo"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw MosException.io("cannot read the mount table", e);
    }
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
      if (dash + 2 >= fields.length) {
        throw MosException.invalid("mount table: cannot read the line '" + line + "'");
      }
      entries.add(
          new Entry(
              Integer.parseInt(fields[0]),
              fields[2],
              unescape(fields[3]),
              Path.of(unescape(fields[POINT])),
              fields[dash + 1],
              unescape(fields[dash + 2])));
    }
    return new MountTable(List.copyOf(entries));
  }

  /** All of them, in the order they were made. */
  public List<Entry> entries() {
    return entries;
  }

  /** What is mounted at a path; the topmost of several. */
  public Optional<Entry> at(Path point) {
    for (Entry entry : entries.reversed()) {
      if (entry.point().equals(point)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
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
