package mos.testkit.vm;

import java.time.Duration;
import java.util.regex.MatchResult;

/**
 * What was awaited on a console, and seen.
 *
 * @param match the match with its groups
 * @param at when, since the machine was started
 */
public record Sighting(MatchResult match, Duration at) {
  /** The text that matched. */
  public String text() {
    return match.group();
  }

  /** A group of the match, by its number from 1. */
  public String group(int number) {
    return match.group(number);
  }
}
