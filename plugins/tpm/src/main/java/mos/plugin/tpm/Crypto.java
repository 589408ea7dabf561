package mos.plugin.tpm;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import mos.spi.model.Digest;
import mos.spi.model.Hmac;

/**
 * The few computations that both ends of a session make, with SHA-256 throughout. Written out: the
 * JDK's Mac and Cipher load more classes than all of this at start-up.
 */
final class Crypto {
  static final int DIGEST_SIZE = 32;

  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);
  private static final byte[] OAEP_LABEL = {'S', 'E', 'C', 'R', 'E', 'T', 0};

  private Crypto() {}

  static byte[] sha256(byte[]... parts) {
    MessageDigest digest = Digest.sha256();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /**
   * Random bytes to be the authorization value of something. A TPM takes zeros off the end (Part 1,
   * 19.6.4.3), so there are none.
   */
  static byte[] randomPassword() {
    byte[] password = random(DIGEST_SIZE);
    while (password[DIGEST_SIZE - 1] == 0) {
      password[DIGEST_SIZE - 1] = random(1)[0];
    }
    return password;
  }

  /** KDFa (Part 1, 11.4.10.2). */
  static byte[] kdfa(byte[] key, String label, byte[] contextU, byte[] contextV, int size) {
    byte[] result = new byte[size];
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    byte[] bits = bigEndian(8 * size);
    for (int at = 0, counter = 1; at < size; at += DIGEST_SIZE, counter++) {
      byte[] block =
          Hmac.sha256(key, bigEndian(counter), name, new byte[1], contextU, contextV, bits);
      System.arraycopy(block, 0, result, at, Math.min(DIGEST_SIZE, size - at));
      wipe(block);
    }
    return result;
  }

  /** RSAES-OAEP (RFC 8017, 7.1.1) with the label of a session's salt (Part 1, B.10.2). */
  static byte[] oaep(byte[] modulus, byte[] message) {
    int size = modulus.length;
    byte[] seed = random(DIGEST_SIZE);
    byte[] data = new byte[size - DIGEST_SIZE - 1];
    System.arraycopy(sha256(OAEP_LABEL), 0, data, 0, DIGEST_SIZE);
    data[data.length - message.length - 1] = 1;
    System.arraycopy(message, 0, data, data.length - message.length, message.length);
    xor(data, 0, mgf1(seed, data.length));
    xor(seed, 0, mgf1(data, DIGEST_SIZE));

    byte[] encoded = new byte[size];
    System.arraycopy(seed, 0, encoded, 1, DIGEST_SIZE);
    System.arraycopy(data, 0, encoded, DIGEST_SIZE + 1, data.length);
    byte[] number =
        new BigInteger(1, encoded).modPow(EXPONENT, new BigInteger(1, modulus)).toByteArray();
    wipe(seed, data, encoded);
    return unsigned(number, size);
  }

  private static byte[] mgf1(byte[] seed, int size) {
    byte[] mask = new byte[size];
    for (int at = 0, counter = 0; at < size; at += DIGEST_SIZE, counter++) {
      byte[] block = sha256(seed, bigEndian(counter));
      System.arraycopy(block, 0, mask, at, Math.min(DIGEST_SIZE, size - at));
    }
    return mask;
  }

  /** A positive number's two's complement as exactly {@code size} bytes. */
  static byte[] unsigned(byte[] number, int size) {
    byte[] result = new byte[size];
    int length = Math.min(number.length, size);
    System.arraycopy(number, number.length - length, result, size - length, length);
    return result;
  }

  static void xor(byte[] bytes, int from, byte[] mask) {
    for (int i = 0; i < mask.length; i++) {
      bytes[from + i] ^= mask[i];
    }
  }

  static byte[] bigEndian(int number) {
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
