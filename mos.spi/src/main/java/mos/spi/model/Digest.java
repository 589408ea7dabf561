package mos.spi.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 digest of some bytes, as OCI writes it: {@code sha256:} and 64 lower-case hexadecimal
 * digits (OCI image specification 1.1, "Digests"). No other algorithm is accepted.
 *
 * @param hex the 64 lower-case hexadecimal digits
 */
public record Digest(String hex) implements Comparable<Digest> {
  private static final String PREFIX = "sha256:";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws InvalidFieldException when {@code hex} is not 64 lower-case hexadecimal digits
   */
  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new InvalidFieldException(
          "", "a digest is 64 lower-case hexadecimal digits, not '" + hex + "'");
    }
  }

  /**
   * Reads {@code sha256:<hex>}.
   *
   * @throws InvalidFieldException for anything else
   */
  public static Digest parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new InvalidFieldException("", "a digest starts with 'sha256:', not '" + text + "'");
    }
    return new Digest(text.substring(PREFIX.length()));
  }

  /** The digest of {@code bytes}. */
  public static Digest of(byte[] bytes) {
    return finish(sha256().digest(bytes));
  }

  /** The digest that a SHA-256 computation ended with. */
  public static Digest finish(byte[] sha256) {
    return new Digest(HexFormat.of().formatHex(sha256));
  }

  /** A fresh SHA-256 computation. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  // Written out: what a record generates is linked at run time, in every boot, and no cache keeps
  // it.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest that && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  /** {@code sha256:<hex>}. */
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
