package mos.spi.model;

import java.util.Set;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/**
 * The one rule for names that become path components, unit names and mount labels: 1 to 64 of
 * {@code A-Z a-z 0-9 . _ -}, beginning with a letter or a digit, without {@code ..}.
 */
public final class Names {
  /** The pattern that every name matches; {@code ..} is refused besides. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final int MAX_TEXT = 4096;

  /** Storage labels that mean the host's own partitions. */
  private static final Set<String> RESERVED_LABELS =
      Set.of("esp", "efi", "machine-config", "machine-store", "machine-scratch", "pbf", "sbf");

  /** Units of the host that a service of the same name would replace. */
  private static final Set<String> SYSTEM_UNITS =
      Set.of(
          "dbus",
          "dbus-broker",
          "getty",
          "emergency",
          "rescue",
          "initrd",
          "init",
          "user",
          "machine",
          "kmod",
          "udev",
          "polkit",
          "ssh",
          "sshd",
          "lvm",
          "dm-event",
          "plymouth",
          "console-getty",
          "debug-shell",
          "mos");

  private Names() {}

  /**
   * Checks a name.
   *
   * @param field the field it stands in, for the error
   * @return the name
   */
  public static String check(String field, String name) {
    if (!NAME.matcher(name).matches() || name.contains("..")) {
      throw new InvalidFieldException(
          field,
          "'"
              + name
              + "' is not a name: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit, without '..'");
    }
    return name;
  }

  /** Checks a service name: a name that is not a unit of the host. */
  public static String checkService(String field, String name) {
    check(field, name);
    if (name.startsWith("systemd-") || name.startsWith("mos-") || SYSTEM_UNITS.contains(name)) {
      throw new InvalidFieldException(
          field, "'" + name + "' is the name of a system unit; choose another");
    }
    return name;
  }

  /** Checks a storage label: a name that is not one of the host's partitions. */
  public static String checkLabel(String field, String label) {
    check(field, label);
    if (RESERVED_LABELS.contains(label)) {
      throw new InvalidFieldException(
          field, "'" + label + "' is reserved for the host's own partitions");
    }
    return label;
  }

  /**
   * Checks free text (versions, organisations): printable, one line, at most {@code max}
   * characters, not blank.
   */
  public static String checkText(String field, String text, int max) {
    if (text.isBlank() || text.length() > Math.min(max, MAX_TEXT)) {
      throw new InvalidFieldException(field, "must have 1 to " + max + " characters");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidFieldException(field, "must not contain control characters");
    }
    return text;
  }

  /**
   * Checks the place inside a service where something is mounted: an absolute path of at most 4096
   * characters without empty, {@code .} and {@code ..} components and without control characters,
   * not {@code /} itself.
   */
  public static String checkInnerPath(String field, String path) {
    checkText(field, path, MAX_TEXT);
    if (!path.startsWith("/") || path.length() == 1) {
      throw new InvalidFieldException(field, "must be an absolute path below '/'");
    }
    for (String component : path.substring(1).split("/", -1)) {
      if (component.isEmpty()
          || component.equals(".")
          || component.equals("..")
          || component.length() > 255) {
        throw new InvalidFieldException(
            field, "'" + path + "' must not have empty, '.', '..' or over-long components");
      }
    }
    return path;
  }
}
