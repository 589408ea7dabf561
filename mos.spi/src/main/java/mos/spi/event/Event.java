package mos.spi.event;

import java.time.Duration;
import mos.spi.model.Digest;

/** Something that happened while a command ran. Events carry facts; sinks choose the words. */
public sealed interface Event {
  /**
   * A step of a workflow began.
   *
   * @param step a short name in the field's words, such as {@code verify manifest}
   */
  record StepStarted(String step) implements Event {}

  /**
   * A step ended well.
   *
   * @param step the name it began with
   * @param took how long it took
   */
  record StepDone(String step, Duration took) implements Event {}

  /**
   * Bytes of a blob arrived.
   *
   * @param digest the blob
   * @param done bytes so far
   * @param total its size in bytes
   */
  record BlobProgress(Digest digest, long done, long total) implements Event {}

  /**
   * A blob was there already and is not copied.
   *
   * @param digest the blob
   * @param size its size in bytes
   */
  record BlobPresent(Digest digest, long size) implements Event {}

  /**
   * Something to know that is not an error.
   *
   * @param message one line
   */
  record Note(String message) implements Event {}

  /**
   * Something that a person should look at.
   *
   * @param message one line
   */
  record Warning(String message) implements Event {}

  /**
   * Detail for {@code --debug}.
   *
   * @param message one line, never a secret
   */
  record Detail(String message) implements Event {}
}
