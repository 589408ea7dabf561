package mos.plugin.keyset;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;

/**
 * A private key and its certificate.
 *
 * @param key the private key, RSA
 * @param certificate of its public half
 */
record Credential(AsymmetricKeyParameter key, X509CertificateHolder certificate) {
  /** The name of the file with the private key. */
  static final String KEY = "privkey.pem";

  /** The name of the file with the certificate. */
  static final String CERTIFICATE = "cert.pem";

  private static final int RSA_BITS = 2048;
  private static final BigInteger RSA_EXPONENT = BigInteger.valueOf(0x10001);

  /** The chance of a composite is below 2^-112, the strength of the key (FIPS 186-5, B.3). */
  private static final int PRIME_CERTAINTY = 112;

  private static final int SERIAL_BITS = 128;

  /** Hosts whose clock is late accept a certificate that was just made. */
  private static final Duration BACKDATED = Duration.ofDays(1);

  /** A fresh key pair. */
  static AsymmetricCipherKeyPair newKey() {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(
            RSA_EXPONENT, new SecureRandom(), RSA_BITS, PRIME_CERTAINTY));
    return generator.generateKeyPair();
  }

  /** A certificate that its own key has signed. */
  static Credential selfSigned(
      AsymmetricCipherKeyPair pair, X500Name name, CertificateUse use, Instant now, Instant end)
      throws IOException {
    return certify(pair, name, use, now, end, pair.getPrivate(), name, spki(pair));
  }

  /** A certificate that this credential's key has signed. */
  Credential issue(
      AsymmetricCipherKeyPair pair, X500Name name, CertificateUse use, Instant now, Instant end)
      throws IOException {
    Instant own = certificate.getNotAfter().toInstant();
    return certify(
        pair,
        name,
        use,
        now,
        end.isAfter(own) ? own : end,
        key,
        certificate.getSubject(),
        certificate.getSubjectPublicKeyInfo());
  }

  /** Writes both into a directory. */
  void write(Path directory) throws IOException {
    PrivateFiles.secret(directory.resolve(KEY), Pem.of(key));
    PrivateFiles.open(directory.resolve(CERTIFICATE), Pem.of(certificate));
  }

  /** Reads both from a directory. */
  static Credential read(Path directory) {
    Path certificate = directory.resolve(CERTIFICATE);
    return new Credential(
        Pem.privateKey(directory.resolve(KEY)),
        Pem.certificate(certificate, PrivateFiles.read(certificate)));
  }

  private static Credential certify(
      AsymmetricCipherKeyPair pair,
      X500Name name,
      CertificateUse use,
      Instant now,
      Instant end,
      AsymmetricKeyParameter issuerKey,
      X500Name issuer,
      SubjectPublicKeyInfo issuerSpki)
      throws IOException {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
            Date.from(now.minus(BACKDATED)),
            Date.from(end),
            name,
            spki(pair));
    addExtensions(builder, use, spki(pair), issuerSpki);
    return new Credential(pair.getPrivate(), sign(builder, issuerKey));
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder,
      CertificateUse use,
      SubjectPublicKeyInfo subject,
      SubjectPublicKeyInfo issuer)
      throws IOException {
    BcX509ExtensionUtils identifiers = new BcX509ExtensionUtils();
    builder.addExtension(
        Extension.basicConstraints, true, new BasicConstraints(use == CertificateUse.AUTHORITY));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(use.keyUsage()));
    if (!use.purposes().isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(use.purposes().toArray(KeyPurposeId[]::new)));
    }
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(subject));
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuer));
  }

  private static X509CertificateHolder sign(
      X509v3CertificateBuilder builder, AsymmetricKeyParameter key) {
    var algorithm = new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withRSA");
    var digest = new DefaultDigestAlgorithmIdentifierFinder().find(algorithm);
    try {
      return builder.build(new BcRSAContentSignerBuilder(algorithm, digest).build(key));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("an RSA key does not sign", e);
    }
  }

  private static SubjectPublicKeyInfo spki(AsymmetricCipherKeyPair pair) throws IOException {
    return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic());
  }
}
