package mos.plugin.x509verify;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.List;

/** The keys that are trusted with a signature, and how each signs a document. */
enum KeyKind {
  /** PKCS#1 v1.5 with SHA-256 (RFC 8017), what {@code openssl dgst -sha256 -sign} writes. */
  RSA,
  /** A DER signature over SHA-256 (FIPS 186-5). */
  P256,
  /** A DER signature over SHA-384, or over SHA-256 as the one command for all keys writes it. */
  P384,
  /** Over the document itself (RFC 8032, "PureEdDSA"). */
  ED25519;

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  /** A SubjectPublicKeyInfo (RFC 5480) up to the point, for a named curve and no other form. */
  private static final String P256_KEY = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

  private static final String P384_KEY = "3076301006072a8648ce3d020106052b81040022036200";

  /**
   * The kind of a key.
   *
   * @throws NotTrusted for any other key, and for RSA of less than 2048 or more than 8192 bits
   */
  static KeyKind of(PublicKey key) throws NotTrusted {
    if (key instanceof RSAPublicKey rsa && key.getAlgorithm().equals("RSA")) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw new NotTrusted(
            "its RSA key has "
                + bits
                + " bits; accepted are "
                + MIN_RSA_BITS
                + " to "
                + MAX_RSA_BITS);
      }
      return RSA;
    }
    if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) {
      return ED25519;
    }
    String encoded = HexFormat.of().formatHex(key.getEncoded());
    if (encoded.startsWith(P256_KEY)) {
      return P256;
    }
    if (encoded.startsWith(P384_KEY)) {
      return P384;
    }
    throw new NotTrusted(
        "its key ("
            + key.getAlgorithm()
            + ") is of a kind that is not accepted: RSA, ECDSA on P-256 or P-384, or Ed25519");
  }

  /** Whether a key of this kind has made a signature over a document. */
  boolean verifies(PublicKey key, byte[] document, byte[] signature) throws NotTrusted {
    if ((this == P256 || this == P384) && !EcdsaSignature.isCanonical(signature)) {
      return false;
    }
    for (String algorithm : algorithms()) {
      if (verifies(algorithm, key, document, signature)) {
        return true;
      }
    }
    return false;
  }

  /** The JDK's provider for it, so that all others need not be loaded and asked at boot. */
  String provider() {
    return this == RSA ? "SunRsaSign" : "SunEC";
  }

  private List<String> algorithms() {
    return switch (this) {
      case RSA -> List.of("SHA256withRSA");
      case P256 -> List.of("SHA256withECDSA");
      case P384 -> List.of("SHA384withECDSA", "SHA256withECDSA");
      case ED25519 -> List.of("Ed25519");
    };
  }

  private boolean verifies(String algorithm, PublicKey key, byte[] document, byte[] signature)
      throws NotTrusted {
    try {
      Signature verification = Signature.getInstance(algorithm, provider());
      verification.initVerify(key);
      verification.update(document);
      return verification.verify(signature);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new NotTrusted("its key cannot be used: " + e.getMessage(), e);
    }
  }
}
