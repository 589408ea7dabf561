package mos.spi.activate;

/**
 * What an activation did.
 *
 * @param outcome what happened
 * @param detail one line for a person: where to look
 */
public record Activation(Outcome outcome, String detail) {
  /** What happened. */
  public enum Outcome {
    /** It did not run before. */
    STARTED,
    /** It ran another image before. */
    RESTARTED,
    /** It runs this image already; nothing was touched. */
    UNCHANGED
  }
}
