package mos.plugin.atomfs;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/**
 * The time that stands in for the time of building, so that building again gives the same bytes
 * (reproducible-builds.org, "SOURCE_DATE_EPOCH").
 *
 * @param given the value of {@value #VARIABLE} in seconds since 1970, when it is set
 */
record SourceDate(Optional<Long> given) {
  /** The environment variable. */
  static final String VARIABLE = "SOURCE_DATE_EPOCH";

  private static final long MAX = 0xffff_ffffL;

  /**
   * Reads the variable.
   *
   * @throws MosException USAGE when it is set to something else than a time until now
   */
  static SourceDate of(Map<String, String> environment) {
    String text = environment.get(VARIABLE);
    if (text == null || text.isEmpty()) {
      return new SourceDate(Optional.empty());
    }
    boolean number = text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || Long.parseLong(text) > Math.min(MAX, Instant.now().getEpochSecond())) {
      throw new MosException(
          ErrorCode.USAGE,
          VARIABLE + " must be a time until now in seconds since 1970, not '" + text + "'");
    }
    return new SourceDate(Optional.of(Long.parseLong(text)));
  }

  /** The time of every file of a layer made from a directory, where times are an accident. */
  String fixed() {
    return Long.toString(given.orElse(0L));
  }

  /**
   * The newest time in a layer made from a tar file, whose entries keep older ones.
   *
   * @param newest of the entries
   * @param file the tar file, for messages
   * @throws MosException INVALID when that time is still to come
   */
  String newest(long newest, String file) {
    // The tools take the time of building where an entry is newer, and no two builds would be
    // equal.
    if (given.isEmpty() && newest > Math.min(MAX, Instant.now().getEpochSecond())) {
      throw MosException.invalid(
          "%s: an entry was modified in the future (%s): set %s to the time that such entries get"
              .formatted(file, newest, VARIABLE));
    }
    return Long.toString(given.orElse(newest));
  }
}
