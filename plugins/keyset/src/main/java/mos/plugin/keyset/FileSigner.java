package mos.plugin.keyset;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.sign.ManifestSigner;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** Signs with a key and a certificate that have been found to belong together. */
final class FileSigner implements ManifestSigner {
  private final AsymmetricKeyParameter key;
  private final SignatureScheme scheme;
  private final Bytes certificate;
  private final UUID product;
  private final Predicate<String> isName;

  private FileSigner(
      AsymmetricKeyParameter key,
      SignatureScheme scheme,
      Bytes certificate,
      UUID product,
      Predicate<String> isName) {
    this.key = key;
    this.scheme = scheme;
    this.certificate = certificate;
    this.product = product;
    this.isName = isName;
  }

  /**
   * Reads both files.
   *
   * @param isName whether a text is a name of the product
   * @throws MosException INVALID when no host would accept what they sign
   */
  static FileSigner open(Path key, Path certificate, Predicate<String> isName, Clock clock) {
    Bytes pem = PrivateFiles.read(certificate);
    X509CertificateHolder holder = Pem.certificate(certificate, pem);
    UUID product = SigningCertificate.product(certificate.toString(), holder, clock);
    AsymmetricKeyParameter publicKey = publicKey(certificate, holder);
    SignatureScheme scheme =
        SignatureScheme.of(publicKey)
            .orElseThrow(
                () ->
                    MosException.invalid(
                        certificate
                            + ": its key is of a kind that hosts do not accept: RSA from 2048 bits,"
                            + " ECDSA on P-256 or P-384, Ed25519"));
    AsymmetricKeyParameter privateKey = Pem.privateKey(key);
    if (!SignatureScheme.of(privateKey).equals(Optional.of(scheme))
        || !fits(scheme, privateKey, publicKey)) {
      throw MosException.invalid(key + ": is not the key of " + certificate);
    }
    return new FileSigner(privateKey, scheme, pem, product, isName);
  }

  @Override
  public UUID product() {
    return product;
  }

  @Override
  public UUID resolve(String text) {
    boolean ours = Uuids.parse(text).map(product::equals).orElseGet(() -> isName.test(text));
    if (!ours) {
      throw MosException.invalid(
          "product: '" + text + "' is not the product of the signing certificate, " + product);
    }
    return product;
  }

  @Override
  public Bytes certificate() {
    return certificate;
  }

  @Override
  public Bytes sign(Bytes document) {
    return scheme.sign(key, document);
  }

  private static AsymmetricKeyParameter publicKey(Path file, X509CertificateHolder certificate) {
    try {
      return PublicKeyFactory.createKey(certificate.getSubjectPublicKeyInfo());
    } catch (IOException | RuntimeException e) {
      throw new MosException(ErrorCode.INVALID, file + ": its public key cannot be read", e);
    }
  }

  private static boolean fits(
      SignatureScheme scheme, AsymmetricKeyParameter privateKey, AsymmetricKeyParameter publicKey) {
    Bytes probe = Bytes.utf8("does this key fit this certificate?");
    return scheme.verifies(publicKey, probe, scheme.sign(privateKey, probe));
  }
}
