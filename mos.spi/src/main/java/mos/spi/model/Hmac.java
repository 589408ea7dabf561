package mos.spi.model;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA-256 (RFC 2104). Written out: the JDK's {@code Mac} loads more classes, and verifies more
 * providers, than everything else that opens a machine.
 */
public final class Hmac {
  /** Bytes of a result. */
  public static final int SIZE = 32;

  private static final int BLOCK_SIZE = 64;

  private Hmac() {}

  /**
   * Computes one.
   *
   * @param key of any size; no copy of it is kept
   * @param parts the message, of which each part follows the other
   */
  public static byte[] sha256(byte[] key, byte[]... parts) {
    MessageDigest digest = Digest.sha256();
    byte[] block = Arrays.copyOf(key.length > BLOCK_SIZE ? digest.digest(key) : key, BLOCK_SIZE);
    byte[] inner = padded(block, 0x36);
    byte[] outer = padded(block, 0x5c);
    digest.update(inner);
    for (byte[] part : parts) {
      digest.update(part);
    }
    byte[] hash = digest.digest();
    digest.update(outer);
    byte[] result = digest.digest(hash);
    Arrays.fill(block, (byte) 0);
    Arrays.fill(inner, (byte) 0);
    Arrays.fill(outer, (byte) 0);
    return result;
  }

  private static byte[] padded(byte[] block, int pad) {
    byte[] padded = new byte[BLOCK_SIZE];
    for (int i = 0; i < BLOCK_SIZE; i++) {
      padded[i] = (byte) (block[i] ^ pad);
    }
    return padded;
  }
}
