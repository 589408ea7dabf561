package mos.plugin.uki;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;

/**
 * A cpio archive for an initrd (Linux, Documentation/driver-api/early-userspace/buffer-format.rst:
 * "newc"): plain files that root alone may read, and the directories above them. The same files
 * give the same bytes.
 */
final class CpioArchive {
  private static final int DIRECTORY = 040755;
  private static final int FILE = 0100600;
  private static final String TRAILER = "TRAILER!!!";
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._@:+-]+)+");

  /** Links in every initrd: a directory of that name would take their place. */
  private static final Set<String> LINKS = Set.of("bin", "lib", "lib64", "sbin");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int inode;

  private CpioArchive() {}

  /**
   * An archive.
   *
   * @param files absolute path in the initrd and content
   * @throws InvalidFieldException when a path is none for a file of an initrd
   */
  static byte[] of(Map<String, Bytes> files) {
    Map<String, Bytes> sorted = new TreeMap<>();
    files.forEach((path, content) -> sorted.put(check(path), content));
    CpioArchive archive = new CpioArchive();
    Set<String> directories = new LinkedHashSet<>();
    sorted.forEach(
        (path, content) -> {
          for (String parent : parents(path)) {
            if (directories.add(parent)) {
              archive.add(parent, DIRECTORY, 2, new byte[0]);
            }
          }
          archive.add(path, FILE, 1, content.toArray());
        });
    archive.add(TRAILER, 0, 1, new byte[0]);
    return archive.bytes.toByteArray();
  }

  /** The name in the archive, without the slash at the beginning. */
  private static String check(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new InvalidFieldException("files", "'" + path + "' is not a file's path in an initrd");
    }
    String name = path.substring(1);
    for (String part : name.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        throw new InvalidFieldException("files", "'" + path + "' is not a plain path");
      }
    }
    if (LINKS.contains(name.split("/", 2)[0])) {
      throw new InvalidFieldException("files", "'" + path + "' lies below a link; say /usr" + path);
    }
    return name;
  }

  private static Deque<String> parents(String name) {
    Deque<String> parents = new ArrayDeque<>();
    for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      parents.addFirst(name.substring(0, end));
    }
    return parents;
  }

  private void add(String name, int mode, int links, byte[] content) {
    byte[] text = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    inode++;
    field("070701");
    for (int value :
        new int[] {inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, text.length, 0}) {
      field(String.format(Locale.ROOT, "%08x", value));
    }
    bytes.writeBytes(text);
    pad();
    bytes.writeBytes(content);
    pad();
  }

  private void field(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void pad() {
    bytes.writeBytes(new byte[-bytes.size() & 3]);
  }
}
