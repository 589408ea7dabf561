package mos.plugin.registry;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * When to try again: after twice as long each time, with jitter so that many machines do not come
 * back at the same moment, or when the server says ({@code Retry-After}, RFC 9110, section 10.2.3).
 */
final class Patience {
  /** So often at most something is tried. */
  static final int TRIES = 6;

  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 10_000;

  /** Nobody waits longer for a server, whatever it says. */
  private static final Duration LONGEST_ASKED = Duration.ofSeconds(60);

  private int tries;

  /** Waits before the next try; false when there is none. */
  boolean again(Optional<Duration> asked) {
    tries++;
    if (tries >= TRIES || asked.filter(wait -> wait.compareTo(LONGEST_ASKED) > 0).isPresent()) {
      return false;
    }
    long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << (tries - 1));
    long millis = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    sleep(asked.map(Duration::toMillis).filter(wait -> wait > millis).orElse(millis));
    return true;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, "interrupted while waiting for a registry", e);
    }
  }

  /** How long the server asks to wait, with the header {@code Retry-After}. */
  static Optional<Duration> asked(Optional<String> value, Instant now) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(value.get().strip()))));
    } catch (NumberFormatException e) {
      return date(value.get(), now);
    }
  }

  private static Optional<Duration> date(String text, Instant now) {
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
