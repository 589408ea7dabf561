package mos.plugin.registry;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Arrays;

/**
 * Puts a private key in the form that was usual before PKCS#8 (RFC 8017, A.1.2, for RSA; RFC 5915
 * for elliptic curves) into a PKCS#8 one (RFC 5208, section 5), which is all that the JDK reads.
 */
final class Pkcs8 {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final byte[] VERSION = {0x02, 0x01, 0x00};

  private Pkcs8() {}

  /**
   * Wraps a key.
   *
   * @param key in DER
   * @param other the public key that belongs to it: it says the algorithm and the curve, which keys
   *     of elliptic curves may leave out
   */
  static byte[] wrap(byte[] key, PublicKey other) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(VERSION);
    content.writeBytes(algorithm(other.getEncoded()));
    element(content, OCTETS, key);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    element(whole, SEQUENCE, content.toByteArray());
    return whole.toByteArray();
  }

  /** The AlgorithmIdentifier that a SubjectPublicKeyInfo begins with (RFC 5280, section 4.1). */
  private static byte[] algorithm(byte[] info) {
    ByteBuffer in = ByteBuffer.wrap(info);
    in.get();
    length(in);
    int start = in.position();
    in.get();
    int length = length(in);
    return Arrays.copyOfRange(info, start, in.position() + length);
  }

  /** A length in DER (X.690, section 8.1.3). */
  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = (length << 8) | (in.get() & 0xff);
    }
    return length;
  }

  private static void element(ByteArrayOutputStream out, int tag, byte[] content) {
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      // Keys have less than 64 KiB.
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content);
  }
}
