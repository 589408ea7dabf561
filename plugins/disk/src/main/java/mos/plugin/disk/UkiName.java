package mos.plugin.disk;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a UKI of ours: {@code mos-<id>[+LEFT[-DONE]].efi} (Boot Loader Specification 1, "Boot
 * Counting"). FAT knows no case.
 *
 * @param id the bootkit's
 * @param triesLeft how often it may still be tried; empty when it is not counted
 * @param triesDone how often it was tried
 */
record UkiName(String id, Optional<Integer> triesLeft, int triesDone) {
  private static final Pattern NAME =
      Pattern.compile("mos-([a-z0-9.]{1,64})(?:\\+([0-9]{1,6})(?:-([0-9]{1,6}))?)?\\.efi");

  /** The name of a UKI that has not been tried. */
  static UkiName counted(String id, int tries) {
    return new UkiName(id, Optional.of(tries), 0);
  }

  /** The name of a UKI that has booted well. */
  static UkiName blessed(String id) {
    return new UkiName(id, Optional.empty(), 0);
  }

  /** Reads one; empty when it is none of ours. */
  static Optional<UkiName> parse(String fileName) {
    Matcher matcher = NAME.matcher(fileName.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String done = matcher.group(3);
    return Optional.of(
        new UkiName(
            matcher.group(1),
            Optional.ofNullable(matcher.group(2)).map(Integer::parseInt),
            done == null ? 0 : Integer.parseInt(done)));
  }

  /** As a file name. */
  @Override
  public String toString() {
    String tries =
        triesLeft.map(left -> "+" + left + (triesDone == 0 ? "" : "-" + triesDone)).orElse("");
    return "mos-" + id + tries + ".efi";
  }
}
