package mos.plugin.x509verify;

/** The form of an ECDSA signature: two positive integers in DER (RFC 3279, section 2.2.3). */
final class EcdsaSignature {
  private EcdsaSignature() {}

  /** Whether it is written in the one way that DER allows; the JDK accepts others too. */
  static boolean isCanonical(byte[] signature) {
    try {
      DerReader outer = new DerReader(signature);
      DerReader numbers = outer.inside(DerReader.SEQUENCE);
      byte[] r = numbers.content(DerReader.INTEGER);
      byte[] s = numbers.content(DerReader.INTEGER);
      return !outer.hasMore() && !numbers.hasMore() && isPositive(r) && isPositive(s);
    } catch (NotTrusted e) {
      return false;
    }
  }

  private static boolean isPositive(byte[] integer) {
    boolean shortest = integer.length == 1 || (integer.length > 1 && integer[0] != 0);
    boolean padded = integer.length > 1 && integer[0] == 0 && integer[1] < 0;
    return padded || (shortest && integer[0] >= 0);
  }
}
