package mos.plugin.atomfs;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import mos.spi.InvalidFieldException;

/**
 * The records of a pax extended header: {@code "<length> <keyword>=<value>\n"} (POSIX.1-2017 {@code
 * pax}, "pax Extended Header").
 *
 * @param values by keyword; bytes are given as one {@code char} each
 */
record PaxRecords(SortedMap<String, String> values) {
  /** No records. */
  static final PaxRecords NONE = new PaxRecords(new TreeMap<>());

  PaxRecords {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /**
   * Reads the data of an extended header.
   *
   * @throws InvalidFieldException when a record is malformed
   */
  static PaxRecords parse(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    SortedMap<String, String> values = new TreeMap<>();
    int position = 0;
    while (position < text.length()) {
      int space = text.indexOf(' ', position);
      int length = space < 0 ? 0 : length(text.substring(position, space));
      int end = position + length;
      int equals = text.indexOf('=', position);
      if (length <= 0
          || end > text.length()
          || equals <= space
          || equals >= end
          || text.charAt(end - 1) != '\n') {
        throw new InvalidFieldException("pax", "a record is malformed");
      }
      values.put(text.substring(space + 1, equals), text.substring(equals + 1, end - 1));
      position = end;
    }
    return new PaxRecords(values);
  }

  private static int length(String digits) {
    boolean number = !digits.isEmpty() && digits.length() <= 9;
    for (int i = 0; i < digits.length(); i++) {
      number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    return number ? Integer.parseInt(digits) : 0;
  }

  /** These records and one more, which replaces an older one with its keyword. */
  PaxRecords with(String keyword, String value) {
    SortedMap<String, String> more = new TreeMap<>(values);
    more.put(keyword, value);
    return new PaxRecords(more);
  }

  /** The data of an extended header, in the order of the keywords. */
  byte[] toArray() {
    StringBuilder text = new StringBuilder();
    values.forEach((keyword, value) -> text.append(record(keyword, value)));
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A record begins with its own length, whose digits count. */
  private static String record(String keyword, String value) {
    String rest = " " + keyword + "=" + value + "\n";
    int length = rest.length() + 1;
    while (length != rest.length() + Integer.toString(length).length()) {
      length = rest.length() + Integer.toString(length).length();
    }
    return length + rest;
  }
}
