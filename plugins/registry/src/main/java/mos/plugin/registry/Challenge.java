package mos.plugin.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server wants to know of who calls it (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case: {@code basic} or {@code bearer}
 * @param parameters such as {@code realm}, names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  /** Also what separates several challenges in one header. */
  private static final Pattern PART =
      Pattern.compile(
          "\\G\\s*,?\\s*(?:([A-Za-z0-9._~+/-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,\"]+))"
              + "|([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=\\s|$))");

  /** The first challenge of a kind that we can answer. */
  static Optional<Challenge> of(List<String> headers) {
    return headers.stream()
        .flatMap(header -> parse(header).stream())
        .filter(found -> found.scheme.equals("bearer") || found.scheme.equals("basic"))
        .findFirst();
  }

  private static List<Challenge> parse(String header) {
    List<Challenge> found = new ArrayList<>();
    Map<String, String> parameters = new HashMap<>();
    Matcher part = PART.matcher(header);
    while (part.find()) {
      if (part.group(4) != null) {
        parameters = new HashMap<>();
        found.add(new Challenge(part.group(4).toLowerCase(Locale.ROOT), parameters));
      } else {
        String quoted = part.group(2);
        parameters.put(
            part.group(1).toLowerCase(Locale.ROOT),
            quoted == null ? part.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
      }
    }
    return found;
  }

  /** A parameter, or nothing. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
