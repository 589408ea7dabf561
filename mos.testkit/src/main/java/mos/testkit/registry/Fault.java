package mos.testkit.registry;

import java.net.URI;
import java.util.Map;

/**
 * What a {@link FaultProxy} does to a request and its answer. Positions are those of bytes in a
 * body, from 0; where the body's length is known and not beyond it, a position counts modulo that
 * length.
 */
public sealed interface Fault {
  /** Nothing: the request and its answer pass as they are. */
  record None() implements Fault {}

  /** The connection is reset before the registry sees the request. */
  record BreakAtOnce() implements Fault {}

  /**
   * The registry gets so many bytes of the request's body, then both connections break. A request
   * without a body breaks at once.
   */
  record BreakRequest(long position) implements Fault {}

  /**
   * The answer's body ends too early, whatever its {@code Content-Length} says.
   *
   * @param reset whether the connection is reset, by which the client may lose bytes that were sent
   *     before; otherwise it is closed in order and the client gets all of them
   */
  record BreakAnswer(long position, boolean reset) implements Fault {}

  /** The answer stops for a while at a position of its body. */
  record Delay(long position, long millis) implements Fault {}

  /** A byte of the answer's body comes more than once; what is then too long is cut at the end. */
  record RepeatByte(long position, int times) implements Fault {}

  /** A bit of a byte of the answer's body is another one. */
  record CorruptByte(long position) implements Fault {}

  /** The registry never sees the request: it is answered thus, without a body of use. */
  record Answer(int status, Map<String, String> headers) implements Fault {}

  /** A header of the answer says something else, or is there although the registry sent none. */
  record ReplaceHeader(String name, String value) implements Fault {}

  /** The answer's body has so many zero bytes more, or bytes less, and its header says so. */
  record WrongLength(long difference) implements Fault {}

  /** The answer's body has no length, and zero bytes follow it as long as the client reads. */
  record Endless() implements Fault {}

  /** A redirect (307) to the request's own address. */
  record RedirectToSelf() implements Fault {}

  /** A redirect (307) to the same path elsewhere. */
  record RedirectTo(URI elsewhere) implements Fault {}

  /** The registry never sees that a part was asked for: it answers 200 with everything. */
  record IgnoreRange() implements Fault {}

  /** Nothing happens. */
  Fault NONE = new None();

  /** 429 or 503 with a {@code Retry-After} in seconds or as an HTTP date; none when empty. */
  static Fault busy(int status, String retryAfter) {
    return new Answer(status, retryAfter.isEmpty() ? Map.of() : Map.of("Retry-After", retryAfter));
  }

  /** The part that is asked for is not there (416). */
  static Fault rangeRefused() {
    return new Answer(416, Map.of());
  }
}
