package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.MosException;

/**
 * The private key of a certificate in PEM (RFC 7468): PKCS#8, or the older forms that openssl still
 * writes, PKCS#1 for RSA and SEC1 for elliptic curves.
 */
final class PemKey {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----(.*?)-----END", Pattern.DOTALL);

  private static final int MAX_BYTES = 32 << 10;

  private final Path file;
  private final PublicKey other;

  private PemKey(Path file, PublicKey other) {
    this.file = file;
    this.other = other;
  }

  /**
   * Reads a key.
   *
   * @param other the public key of its certificate
   * @throws MosException INVALID when it is none, is encrypted, or belongs to another certificate
   */
  static PrivateKey read(Path file, PublicKey other) {
    return new PemKey(file, other).read();
  }

  private PrivateKey read() {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
    Matcher pem = KEY.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (bytes.length > MAX_BYTES || !pem.find()) {
      throw MosException.invalid(file + ": has no PEM private key");
    }
    String body = pem.group(2);
    String form = pem.group(1).strip();
    if (form.equals("ENCRYPTED") || body.contains("ENCRYPTED")) {
      throw MosException.invalid(
          file + ": is encrypted, and nobody is there to type its password; " + rewrite());
    }
    PrivateKey key =
        switch (form) {
          case "" -> key(decode(body));
          case "RSA", "EC" -> key(Pkcs8.wrap(decode(body), other));
          default ->
              throw MosException.invalid(
                  file + ": a '" + form + " PRIVATE KEY' is not read; " + rewrite());
        };
    if (!belongs(key)) {
      throw MosException.invalid(file + ": is not the key of the certificate beside it");
    }
    return key;
  }

  private String rewrite() {
    return "rewrite it: openssl pkcs8 -topk8 -nocrypt -in " + file;
  }

  private byte[] decode(String body) {
    try {
      return Base64.getMimeDecoder().decode(body.strip());
    } catch (IllegalArgumentException e) {
      throw MosException.invalid(file + ": is not PEM: its base64 is broken");
    }
  }

  private PrivateKey key(byte[] pkcs8) {
    String algorithm = other.getAlgorithm();
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw MosException.invalid(
          file + ": is no " + algorithm + " key, as the certificate beside it needs");
    }
  }

  /** Without this, the wrong key is only seen by the server, which then says very little. */
  private boolean belongs(PrivateKey key) {
    String algorithm =
        switch (other.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA" -> "EdDSA";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return true;
    }
    byte[] message = {1};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(other);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
