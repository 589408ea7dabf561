package mos.plugin.keyset;

import java.util.Optional;
import mos.spi.model.Bytes;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.jspecify.annotations.Nullable;

/**
 * How a key signs a document. Every scheme is deterministic (RFC 6979 for ECDSA): publishing the
 * same manifest twice gives the same artifacts.
 */
enum SignatureScheme {
  /** PKCS#1 v1.5 with SHA-256. */
  RSA,
  /** ECDSA in DER, SHA-256. */
  P256,
  /** ECDSA in DER, SHA-384. */
  P384,
  /** PureEdDSA (RFC 8032). */
  ED25519;

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  /** The scheme for a key, public or private; empty for a key that no host accepts. */
  static Optional<SignatureScheme> of(AsymmetricKeyParameter key) {
    return Optional.ofNullable(
        switch (key) {
          case RSAKeyParameters rsa -> {
            int bits = rsa.getModulus().bitLength();
            yield bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? RSA : null;
          }
          case ECKeyParameters ec
              when ec.getParameters() instanceof ECNamedDomainParameters named ->
              ofCurve(named.getName());
          case Ed25519PublicKeyParameters ed -> ED25519;
          case Ed25519PrivateKeyParameters ed -> ED25519;
          default -> null;
        });
  }

  private static @Nullable SignatureScheme ofCurve(ASN1ObjectIdentifier curve) {
    if (curve.equals(SECObjectIdentifiers.secp256r1)) {
      return P256;
    }
    return curve.equals(SECObjectIdentifiers.secp384r1) ? P384 : null;
  }

  /** The signature of a document. */
  Bytes sign(AsymmetricKeyParameter privateKey, Bytes document) {
    Signer signer = signer();
    signer.init(true, privateKey);
    byte[] content = document.toArray();
    signer.update(content, 0, content.length);
    try {
      return Bytes.copyOf(signer.generateSignature());
    } catch (CryptoException e) {
      throw new IllegalStateException("a checked key does not sign", e);
    }
  }

  /** Whether a signature is one of a document. */
  boolean verifies(AsymmetricKeyParameter publicKey, Bytes document, Bytes signature) {
    Signer signer = signer();
    signer.init(false, publicKey);
    byte[] content = document.toArray();
    signer.update(content, 0, content.length);
    return signer.verifySignature(signature.toArray());
  }

  private Signer signer() {
    return switch (this) {
      case RSA -> new RSADigestSigner(new SHA256Digest());
      case P256 -> ecdsa(new SHA256Digest(), new SHA256Digest());
      case P384 -> ecdsa(new SHA384Digest(), new SHA384Digest());
      case ED25519 -> new Ed25519Signer();
    };
  }

  private static Signer ecdsa(Digest document, Digest nonce) {
    return new DSADigestSigner(
        new ECDSASigner(new HMacDSAKCalculator(nonce)), document, StandardDSAEncoding.INSTANCE);
  }
}
