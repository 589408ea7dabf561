package mos.plugin.keyset;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The one written form of uuids (RFC 9562, section 4), which {@link UUID#fromString} is laxer
 * about.
 */
final class Uuids {
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");

  private Uuids() {}

  /** The uuid that a text is, if it is one. */
  static Optional<UUID> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
  }
}
