package mos.plugin.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code loader/loader.conf} (loader.conf(5)), of which three lines are ours. */
final class LoaderConf {
  /** Neither {@code mos-1.efi} nor {@code mos-1+3.efi} is {@code mos-10.efi}. */
  private static final String AFTER_ID = "[+.]*";

  private static final Pattern OURS = Pattern.compile("mos-([a-z0-9.]{1,64}?)(?:\\[\\+\\.\\])?\\*");

  private LoaderConf() {}

  /** The bootkit that is started. */
  static Optional<String> selected(String text) {
    Optional<String> last = Optional.empty();
    for (String line : text.lines().toList()) {
      // Like the loader, for which the last line counts.
      last = key(line).equals("default") ? Optional.of(value(line)) : last;
    }
    return last.map(OURS::matcher).filter(Matcher::matches).map(matcher -> matcher.group(1));
  }

  /** With another bootkit selected; lines that are not ours stay. */
  static String select(String text, String id) {
    Map<String, String> ours =
        new TreeMap<>(Map.of("default", pattern(id), "timeout", "0", "editor", "no"));
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, String> line : ours.entrySet()) {
      lines.add(line.getKey() + " " + line.getValue());
    }
    text.lines().filter(line -> !ours.containsKey(key(line))).forEach(lines::add);
    return String.join("\n", lines) + "\n";
  }

  /** What the loader knows the entry of a bootkit by, however often it was tried. */
  static String pattern(String id) {
    return "mos-" + id + AFTER_ID;
  }

  private static String key(String line) {
    return line.strip().split("[ \t]", 2)[0];
  }

  private static String value(String line) {
    String stripped = line.strip();
    return stripped.substring(key(line).length()).strip();
  }
}
