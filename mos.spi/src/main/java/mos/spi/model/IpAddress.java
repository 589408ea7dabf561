package mos.spi.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/**
 * A literal IP address with an optional prefix length, such as {@code 10.0.3.7/24}. Host names are
 * never looked up.
 *
 * @param text as written
 */
public record IpAddress(String text) {
  private static final Pattern V4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?");

  /** Reads an IPv4 address. */
  public static IpAddress v4(String field, String text) {
    if (!V4.matcher(text).matches() || !isLiteral(text, 4, 32)) {
      throw new InvalidFieldException(
          field, "'" + text + "' is not an IPv4 address such as 10.0.3.7 or 10.0.3.7/24");
    }
    return new IpAddress(text);
  }

  /** Reads an IPv6 address. */
  public static IpAddress v6(String field, String text) {
    if (!V6.matcher(text).matches() || !text.contains(":") || !isLiteral(text, 16, 128)) {
      throw new InvalidFieldException(
          field, "'" + text + "' is not an IPv6 address such as fd00::7 or fd00::7/64");
    }
    return new IpAddress(text);
  }

  /** The address without its prefix length, in canonical form, for comparison. */
  public String address() {
    try {
      return InetAddress.getByName(withoutPrefix(text)).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("checked when made", e);
    }
  }

  private static boolean isLiteral(String text, int bytes, int longestPrefix) {
    String address = withoutPrefix(text);
    for (String part : address.contains(":") ? new String[0] : address.split("\\.", -1)) {
      if (Integer.parseInt(part) > 255) {
        return false;
      }
    }
    try {
      return InetAddress.getByName(address).getAddress().length == bytes
          && prefix(text) <= longestPrefix;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String withoutPrefix(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? text : text.substring(0, slash);
  }

  private static int prefix(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? 0 : Integer.parseInt(text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return text;
  }
}
