package mos.plugin.uki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.sign.SigningKey;

/**
 * A key in use, with its certificate. RSA only: the one kind that every firmware verifies.
 *
 * @param key the private key
 * @param certificate of its public half
 */
record SigningIdentity(RSAPrivateKey key, X509Certificate certificate) {
  private static final int MAX_FILE = 64 << 10;
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  /**
   * Reads both files.
   *
   * @throws MosException INVALID when they are not a key and its certificate
   */
  static SigningIdentity read(SigningKey files) {
    X509Certificate certificate = certificate(files.certificate());
    if (!(certificate.getPublicKey() instanceof RSAPublicKey publicKey)) {
      throw MosException.invalid(files.certificate() + ": is not for an RSA key");
    }
    RSAPrivateKey key = privateKey(files.privateKey());
    if (!key.getModulus().equals(publicKey.getModulus())) {
      throw MosException.invalid(files.privateKey() + ": is not the key of " + files.certificate());
    }
    return new SigningIdentity(key, certificate);
  }

  /**
   * The certificate in a PEM file.
   *
   * @throws MosException INVALID when there is none
   */
  static X509Certificate certificate(Path file) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(read(file)));
    } catch (CertificateException e) {
      throw new MosException(ErrorCode.INVALID, file + ": is not a certificate in PEM", e);
    }
  }

  /** The certificate's bytes. */
  byte[] der() {
    return der(certificate);
  }

  /** A certificate's bytes. */
  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /** The signature over bytes: RSASSA-PKCS1-v1_5 with SHA-256. */
  byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was checked does not sign", e);
    }
  }

  /** The causes of errors are not kept: they could show parts of the key. */
  private static RSAPrivateKey privateKey(Path file) {
    Matcher block = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
    if (block.find()) {
      try {
        byte[] der = Base64.getMimeDecoder().decode(block.group(1));
        if (KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der))
            instanceof RSAPrivateKey key) {
          return key;
        }
      } catch (GeneralSecurityException | IllegalArgumentException hidden) {
        // Said below.
      }
    }
    throw MosException.invalid(file + ": is not an RSA key in PKCS#8 PEM");
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_FILE);
    } catch (NoSuchFileException e) {
      throw MosException.notFound(file + ": no such file");
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /** Not the key. */
  @Override
  public String toString() {
    return certificate.getSubjectX500Principal().toString();
  }
}
