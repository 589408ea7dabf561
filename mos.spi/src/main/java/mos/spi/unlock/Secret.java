package mos.spi.unlock;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Bytes that nobody may see. They are overwritten when this is closed, and never stand in a
 * message, an argument of a program or a file outside a tmpfs.
 */
public final class Secret implements AutoCloseable {
  private final byte[] content;

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
    return borrower.apply(content);
  }

  /** Overwrites the bytes. */
  @Override
  public void close() {
    Arrays.fill(content, (byte) 0);
  }

  /** That there is a secret; never what it is. */
  @Override
  public String toString() {
    return "a secret of " + content.length + " bytes";
  }
}
