package mos.plugin.gitupgrade;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who holds a lock. A writer says so in the file; for readers, which may hold it on a file system
 * that cannot be written, the kernel's list of locks does (proc_locks(5)).
 */
final class LockHolder {
  private static final Path KERNEL = Path.of("/proc/locks");
  private static final Pattern LOCK =
      Pattern.compile("\\d+: FLOCK +ADVISORY +(READ|WRITE) +(\\d+) +[0-9a-f]+:[0-9a-f]+:(\\d+) .*");
  private static final Pattern WRITER = Pattern.compile("(\\d{1,10}) (.{1,200})");
  private static final int MAX = 256;

  private LockHolder() {}

  /** The holder in words, as far as it can be found out. */
  static Optional<String> of(Path file) {
    try {
      Optional<Held> held = held(file);
      if (held.isPresent() && !held.get().writes()) {
        return Optional.of("a reader, " + process(held.get().pid()));
      }
      Optional<String> writer = writer(file);
      return writer.isPresent() ? writer : held.map(holder -> process(holder.pid()));
    } catch (IOException e) {
      // Only the words are missing: the lock is held all the same.
      return Optional.empty();
    }
  }

  private record Held(long pid, boolean writes) {}

  private static Optional<Held> held(Path file) throws IOException {
    String inode = Files.getAttribute(file, "unix:ino").toString();
    try (Stream<String> lines = Files.lines(KERNEL)) {
      return lines
          .map(LOCK::matcher)
          .filter(Matcher::matches)
          .filter(lock -> lock.group(3).equals(inode))
          .map(lock -> new Held(Long.parseLong(lock.group(2)), lock.group(1).equals("WRITE")))
          .findFirst();
    }
  }

  private static Optional<String> writer(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX);
    }
    Matcher line = WRITER.matcher(new String(content, StandardCharsets.UTF_8).strip());
    return line.matches()
        ? Optional.of("'" + line.group(2) + "', process " + line.group(1))
        : Optional.empty();
  }

  private static String process(long pid) {
    String name;
    try {
      name = " (" + Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip() + ")";
    } catch (IOException e) {
      name = "";
    }
    return "process " + pid + name;
  }
}
