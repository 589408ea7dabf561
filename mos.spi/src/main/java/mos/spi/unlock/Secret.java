package mos.spi.unlock;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.function.Function;
import mos.spi.model.Hmac;

/**
 * Bytes that nobody may see. They are overwritten when this is closed, and never stand in a
 * message, an argument of a program or a file outside a tmpfs.
 */
public final class Secret implements AutoCloseable {
  private final byte[] content;
  private boolean closed;

  private Secret(byte[] content) {
    this.content = content;
  }

  /** Takes over {@code content}, which is overwritten when this is closed. */
  public static Secret takeOver(byte[] content) {
    return new Secret(content);
  }

  /** How many bytes there are. */
  public int size() {
    return content.length;
  }

  /**
   * Lends the bytes themselves; whoever borrows them keeps no copy.
   *
   * @return what the borrower made of them
   */
  public <T> T use(Function<byte[], T> borrower) {
    return borrower.apply(open());
  }

  /**
   * Another secret, for one purpose: the HMAC-SHA-256 of the purpose under this one. It tells
   * nothing about this one, nor about that of another purpose.
   *
   * @return the caller's to close
   */
  public Secret derive(String purpose) {
    return takeOver(Hmac.sha256(open(), purpose.getBytes(UTF_8)));
  }

  private byte[] open() {
    if (closed) {
      throw new IllegalStateException("this secret was overwritten");
    }
    return content;
  }

  /** Overwrites the bytes; what is done with them later fails. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(content, (byte) 0);
  }

  /** That there is a secret; never what it is. */
  @Override
  public String toString() {
    return "a secret of " + content.length + " bytes";
  }
}
