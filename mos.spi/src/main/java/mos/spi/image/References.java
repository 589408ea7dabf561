package mos.spi.image;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import mos.spi.model.Digest;

/** How references are written. */
final class References {
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?");
  private static final int MAX_PORT = 65_535;
  private static final String DOCKER = "docker://";
  private static final String FORMS =
      "docker://HOST[:PORT]/NAME:TAG, HOST:PORT/NAME:TAG or oci:ROOT:NAME:TAG";

  private References() {}

  static Reference parse(String text, boolean plainLayouts) {
    if (text.startsWith("oci:")) {
      return parseOci(text, plainLayouts);
    }
    String rest = withoutDocker(text);
    int slash = rest.indexOf('/');
    if (slash < 0) {
      throw new InvalidFieldException("", "'" + text + "' is not a reference such as " + FORMS);
    }
    String host = rest.substring(0, slash);
    checkHost(text, host);
    Split split = split(text, rest.substring(slash + 1));
    requireName(text, split.name());
    return new Reference(new Repository(Repository.DOCKER, host, split.name()), split.selector());
  }

  /** From the right, because a directory may contain colons and a repository's name may not. */
  private static Reference parseOci(String text, boolean plainLayouts) {
    Split split = split(text, text.substring("oci:".length()));
    String place = split.name();
    int colon = place.lastIndexOf(':');
    if (colon > 0 && Repository.isName(place.substring(colon + 1))) {
      Repository repository =
          new Repository(Repository.OCI, place.substring(0, colon), place.substring(colon + 1));
      return new Reference(repository, split.selector());
    }
    if (!plainLayouts || place.isEmpty()) {
      throw new InvalidFieldException("", "'" + text + "' is not a reference such as " + FORMS);
    }
    return new Reference(new Repository(Repository.OCI, place, ""), split.selector());
  }

  private record Split(String name, Selector selector) {}

  private static Split split(String text, String rest) {
    int at = rest.lastIndexOf('@');
    if (at >= 0 && rest.startsWith("sha256:", at + 1)) {
      Digest digest = Digest.parse(rest.substring(at + 1));
      return new Split(rest.substring(0, at), new Selector.ByDigest(digest));
    }
    int colon = rest.lastIndexOf(':');
    if (colon < 0 || rest.indexOf('/', colon) >= 0) {
      throw new InvalidFieldException(
          "", "'" + text + "' has no tag or digest; write …:TAG or …@sha256:HEX");
    }
    return new Split(rest.substring(0, colon), new Selector.Tag(rest.substring(colon + 1)));
  }

  static String withoutDocker(String text) {
    if (text.startsWith(DOCKER)) {
      return text.substring(DOCKER.length());
    }
    if (text.contains("://")) {
      throw new InvalidFieldException(
          "", "'" + text + "' has an unknown scheme; known are docker:// and oci:");
    }
    return text;
  }

  static void checkHost(String text, String host) {
    if (!isHost(host)) {
      throw new InvalidFieldException(
          "", "'" + text + "' does not begin with a host: '" + host + "'");
    }
  }

  static boolean isHost(String host) {
    if (!HOST.matcher(host).matches()) {
      return false;
    }
    // Ports end at 65535, and not all that looks like an address or a name is one.
    try {
      URI place = new URI("https://" + host + "/").parseServerAuthority();
      return place.getHost() != null && place.getPort() != 0 && place.getPort() <= MAX_PORT;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void requireName(String text, String name) {
    if (name.isEmpty()) {
      throw new InvalidFieldException("", "'" + text + "' names no repository");
    }
  }
}
