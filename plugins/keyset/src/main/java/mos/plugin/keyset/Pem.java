package mos.plugin.keyset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/** Keys and certificates in PEM (RFC 7468). */
final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

  private Pem() {}

  static String of(X509CertificateHolder certificate) throws IOException {
    return wrap(CERTIFICATE, certificate.getEncoded());
  }

  /** PKCS#8 (RFC 5958), not encrypted. */
  static String of(AsymmetricKeyParameter privateKey) throws IOException {
    return wrap(PRIVATE_KEY, PrivateKeyInfoFactory.createPrivateKeyInfo(privateKey).getEncoded());
  }

  /**
   * The first certificate of a file, which is the end certificate in every chain.
   *
   * @throws MosException INVALID when there is none
   */
  static X509CertificateHolder certificate(Path file, Bytes pem) {
    Matcher block = BLOCK.matcher(text(pem));
    if (!block.find() || !block.group(1).equals(CERTIFICATE)) {
      throw MosException.invalid(file + ": does not begin with a PEM certificate");
    }
    try {
      return new X509CertificateHolder(Base64.getMimeDecoder().decode(block.group(2)));
    } catch (IOException | RuntimeException e) {
      throw new MosException(ErrorCode.INVALID, file + ": not an X.509 certificate", e);
    }
  }

  /**
   * The private key in a file. What is wrong with one is not said in detail, and causes are not
   * kept: they could show parts of it.
   *
   * @throws MosException INVALID when there is none in PKCS#8 without encryption
   */
  static AsymmetricKeyParameter privateKey(Path file) {
    Matcher block = BLOCK.matcher(text(PrivateFiles.readSecret(file)));
    while (block.find()) {
      String label = block.group(1);
      if (label.equals(PRIVATE_KEY)) {
        return privateKey(file, block.group(2));
      }
      if (label.endsWith(PRIVATE_KEY)) {
        throw MosException.invalid(
            file + ": is a '" + label + "'; needed is PKCS#8: openssl pkcs8 -topk8 -nodes");
      }
    }
    throw MosException.invalid(file + ": has no PEM private key");
  }

  private static AsymmetricKeyParameter privateKey(Path file, String base64) {
    AsymmetricKeyParameter key = null;
    try {
      key = PrivateKeyFactory.createKey(Base64.getMimeDecoder().decode(base64));
    } catch (IOException | RuntimeException hidden) {
      // Falls through without the cause, which may quote the key.
    }
    if (key == null || !key.isPrivate()) {
      throw MosException.invalid(file + ": not a private key in PKCS#8");
    }
    return key;
  }

  private static String wrap(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static String text(Bytes pem) {
    return new String(pem.toArray(), StandardCharsets.ISO_8859_1);
  }
}
