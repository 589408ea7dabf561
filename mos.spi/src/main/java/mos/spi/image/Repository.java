package mos.spi.image;

import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/**
 * One repository: the place where manifests and their blobs are.
 *
 * @param scheme which transport reaches it: {@code docker} or {@code oci}
 * @param location {@code HOST[:PORT]}, or a directory
 * @param name the repository's name in it (distribution specification 1.1); empty for a plain OCI
 *     layout, where the directory itself is the layout
 */
public record Repository(String scheme, String location, String name) {
  /** A directory of OCI layouts, or one OCI layout. */
  public static final String OCI = "oci";

  /** A registry. */
  public static final String DOCKER = "docker";

  private static final Pattern NAME =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");

  /** Checks the name's form. */
  public Repository {
    if (!name.isEmpty() && !isName(name)) {
      throw new InvalidFieldException(
          "",
          "'"
              + name
              + "' is not a repository name: lower-case letters, digits and . _ - between them, parted by '/'");
    }
    if (location.isEmpty() || location.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidFieldException(
          "", "a repository has a host or a directory without control characters");
    }
  }

  /** Whether {@code text} can name a repository. */
  static boolean isName(String text) {
    return text.length() <= 255 && NAME.matcher(text).matches();
  }

  /** Whether {@code text} is {@code HOST[:PORT]} of a registry. */
  public static boolean isHost(String text) {
    return References.isHost(text);
  }

  @Override
  public String toString() {
    return scheme.equals(OCI)
        ? scheme + ":" + location + (name.isEmpty() ? "" : ":" + name)
        : scheme + "://" + location + "/" + name;
  }
}
