package mos.plugin.x509verify;

import java.util.Arrays;

/**
 * The signature at the end of a certificate (RFC 5280, section 4.1.1.3). It is the one part of a
 * certificate that its issuer has not signed, so its spelling is checked here: the JDK overlooks
 * the count of unused bits, and accepts more than one form of an ECDSA signature.
 */
final class SignatureField {
  private SignatureField() {}

  /**
   * Whether it is spelled in the one way that DER allows.
   *
   * @param certificate in DER
   * @param ecdsa whether the issuer signed with ECDSA
   */
  static boolean isCanonical(byte[] certificate, boolean ecdsa) {
    try {
      DerReader outer = new DerReader(certificate);
      DerReader parts = outer.inside(DerReader.SEQUENCE);
      parts.inside(DerReader.SEQUENCE);
      parts.inside(DerReader.SEQUENCE);
      byte[] bits = parts.content(DerReader.BIT_STRING);
      return !outer.hasMore()
          && !parts.hasMore()
          && bits.length > 1
          && bits[0] == 0
          && (!ecdsa || EcdsaSignature.isCanonical(Arrays.copyOfRange(bits, 1, bits.length)));
    } catch (NotTrusted e) {
      return false;
    }
  }
}
