package mos.plugin.tpm;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;

/** The public key of a policy authority as a TPM sees it: its Name stands in the policies. */
final class AuthorityKey {
  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  /** userWithAuth, sign. */
  private static final int ATTRIBUTES = 0x00040040;

  private final byte[] publicArea;

  private AuthorityKey(byte[] publicArea) {
    this.publicArea = publicArea;
  }

  /**
   * Reads one.
   *
   * @param field how a message calls it
   * @throws InvalidFieldException when it is not an RSA key of 2048, 3072 or 4096 bits with the
   *     usual exponent
   */
  static AuthorityKey of(String field, Bytes subjectPublicKeyInfo) {
    RSAPublicKey key;
    try {
      key =
          (RSAPublicKey)
              KeyFactory.getInstance("RSA")
                  .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo.toArray()));
    } catch (InvalidKeySpecException e) {
      throw new InvalidFieldException(field, "must be an RSA key, DER SubjectPublicKeyInfo");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
    int bits = key.getModulus().bitLength();
    boolean usual = bits == 2048 || bits == 3072 || bits == 4096;
    if (!usual || !key.getPublicExponent().equals(EXPONENT)) {
      throw new InvalidFieldException(
          field,
          "must be an RSA key of 2048, 3072 or 4096 bits with exponent 65537, is one of "
              + bits
              + " bits with exponent of "
              + key.getPublicExponent().bitLength()
              + " bits");
    }
    return new AuthorityKey(
        new Marshaller()
            .u16(Tpm.RSA)
            .u16(Tpm.SHA256)
            .u32(ATTRIBUTES)
            .sized(new byte[0])
            .u16(Tpm.NONE)
            .u16(Tpm.RSASSA)
            .u16(Tpm.SHA256)
            .u16(bits)
            .u32(0)
            .sized(Crypto.unsigned(key.getModulus().toByteArray(), bits / 8))
            .toArray());
  }

  /** TPMT_PUBLIC. */
  byte[] publicArea() {
    return publicArea.clone();
  }

  byte[] name() {
    return new Marshaller().u16(Tpm.SHA256).raw(Crypto.sha256(publicArea)).toArray();
  }
}
