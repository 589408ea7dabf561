package mos.testkit.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Signs JSON Web Tokens (RFC 7519) by ES256, with the certificate in the header. */
final class TokenSignature {
  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

  private final String header;
  private final PrivateKey key;

  TokenSignature(Authority.Identity identity) {
    this.header =
        "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"x5c\":[\"" + pem(identity.certificate()) + "\"]}";
    try {
      this.key =
          KeyFactory.getInstance("EC")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem(identity.key()))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(identity.key().toString(), e);
    }
  }

  /** A token with these claims, in JSON. */
  String sign(String claims) {
    try {
      String signed = encoded(header) + "." + encoded(claims);
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a token cannot be signed", e);
    }
  }

  private static String encoded(String json) {
    return URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** What stands between a PEM file's two marks, without line breaks. */
  private static String pem(Path file) {
    try {
      StringBuilder text = new StringBuilder();
      for (String line : Files.readAllLines(file)) {
        if (!line.startsWith("-----")) {
          text.append(line.strip());
        }
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
