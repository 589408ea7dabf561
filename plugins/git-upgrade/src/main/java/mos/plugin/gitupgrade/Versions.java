package mos.plugin.gitupgrade;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Orders the versions that publishers write, where they have an order:
 *
 * <pre>
 *   [epoch:] [v] N(.N)* [ ~before | -suffix ] [ +build ]
 * </pre>
 *
 * <ul>
 *   <li>Epochs, then the dotted numbers decide, numerically; a missing number is 0 ({@code 1.2} =
 *       {@code 1.2.0}).
 *   <li>{@code ~x} comes before the plain version (Debian policy 5.6.12), and so does {@code -x}
 *       when x begins with a letter (Semantic Versioning 2.0.0, 11: {@code 1.0.0-rc.1}); {@code -x}
 *       comes after it when x begins with a digit (a Debian revision, {@code git describe}).
 *   <li>Two suffixes of one kind compare part by part, digits numerically, letters by their code.
 *   <li>{@code +build} counts for nothing (Semantic Versioning 2.0.0, 10).
 * </ul>
 *
 * Everything else ({@code latest}, {@code 1.1.1k}, a commit) has no order.
 */
final class Versions {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:([0-9]{1,9}):)?[vV]?([0-9]+(?:\\.[0-9]+)*)(?:([~-])([0-9A-Za-z.~-]+))?(?:\\+[0-9A-Za-z.+~-]*)?");

  /** How a suffix stands to the plain version; the order of the constants is the order. */
  private enum Kind {
    TILDE,
    PRE_RELEASE,
    NONE,
    REVISION
  }

  private record Version(String epoch, String numbers, Kind kind, String suffix) {}

  private Versions() {}

  /**
   * Compares two versions.
   *
   * @return negative, 0 or positive like {@link java.util.Comparator}; empty when they have no
   *     order
   */
  static OptionalInt compare(String left, String right) {
    Version a = parse(left);
    Version b = parse(right);
    if (a == null || b == null) {
      return OptionalInt.empty();
    }
    int order = number(a.epoch, b.epoch);
    if (order == 0) {
      order = dotted(a.numbers, b.numbers);
    }
    if (order == 0) {
      order = a.kind.compareTo(b.kind);
    }
    if (order == 0) {
      order = suffix(a.suffix, b.suffix);
    }
    return OptionalInt.of(order);
  }

  private static @Nullable Version parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String epoch = matcher.group(1) == null ? "0" : matcher.group(1);
    String suffix = matcher.group(4) == null ? "" : matcher.group(4);
    return new Version(epoch, matcher.group(2), kind(matcher.group(3), suffix), suffix);
  }

  private static Kind kind(@Nullable String separator, String suffix) {
    if (separator == null) {
      return Kind.NONE;
    }
    if (separator.equals("~")) {
      return Kind.TILDE;
    }
    return isDigit(suffix.charAt(0)) ? Kind.REVISION : Kind.PRE_RELEASE;
  }

  private static int dotted(String left, String right) {
    String[] a = left.split("\\.", -1);
    String[] b = right.split("\\.", -1);
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      int order = number(i < a.length ? a[i] : "0", i < b.length ? b[i] : "0");
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** Walks both from the left: a run of digits against a run of digits, a character against one. */
  private static int suffix(String left, String right) {
    int i = 0;
    int j = 0;
    while (i < left.length() && j < right.length()) {
      int order;
      if (isDigit(left.charAt(i)) && isDigit(right.charAt(j))) {
        String a = digits(left, i);
        String b = digits(right, j);
        order = number(a, b);
        i += a.length();
        j += b.length();
      } else {
        order = Integer.compare(rank(left.charAt(i++)), rank(right.charAt(j++)));
      }
      if (order != 0) {
        return order;
      }
    }
    if (i < left.length()) {
      return left.charAt(i) == '~' ? -1 : 1;
    }
    if (j < right.length()) {
      return right.charAt(j) == '~' ? 1 : -1;
    }
    return 0;
  }

  /** A tilde sorts before everything, as in Debian. */
  private static int rank(char c) {
    return c == '~' ? -1 : c;
  }

  private static String digits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return text.substring(from, end);
  }

  /** Compares decimal numbers of any length. */
  private static int number(String left, String right) {
    String a = left.replaceFirst("^0+", "");
    String b = right.replaceFirst("^0+", "");
    return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
