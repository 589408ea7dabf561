package mos.spi.image;

import java.util.HexFormat;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/**
 * The root of a dm-verity hash tree with SHA-256.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record RootHash(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  /** Checks the form. */
  public RootHash {
    if (!HEX.matcher(hex).matches()) {
      throw new InvalidFieldException(
          "", "a verity root hash is 64 lower-case hexadecimal digits, not '" + hex + "'");
    }
  }

  /** The 32 bytes. */
  public byte[] toArray() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
