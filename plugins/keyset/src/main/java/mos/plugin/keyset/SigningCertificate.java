package mos.plugin.keyset;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import mos.spi.MosException;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a certificate must say so that hosts accept what is signed with it. Checked before signing:
 * better one publisher is refused than every host.
 */
final class SigningCertificate {
  private static final String NAME_PREFIX = "manifest PRODUCT:";

  private SigningCertificate() {}

  /**
   * The product that a certificate may sign for.
   *
   * @param origin for messages
   * @throws MosException INVALID saying what hosts would refuse about it
   */
  static UUID product(String origin, X509CertificateHolder certificate, Clock clock) {
    BasicConstraints constraints = BasicConstraints.fromExtensions(certificate.getExtensions());
    if (constraints != null && constraints.isCA()) {
      throw MosException.invalid(origin + ": is a CA; manifests need an end certificate");
    }
    KeyUsage usage = KeyUsage.fromExtensions(certificate.getExtensions());
    if (usage == null || !usage.hasUsages(KeyUsage.digitalSignature)) {
      throw MosException.invalid(origin + ": has no key usage digitalSignature");
    }
    ExtendedKeyUsage purposes = ExtendedKeyUsage.fromExtensions(certificate.getExtensions());
    if (purposes == null || !purposes.hasKeyPurposeId(KeyPurposeId.id_kp_codeSigning)) {
      throw MosException.invalid(origin + ": has no extended key usage codeSigning");
    }
    Instant now = clock.instant();
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      throw MosException.invalid(
          origin + ": is not valid before " + certificate.getNotBefore().toInstant());
    }
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw MosException.invalid(origin + ": expired at " + certificate.getNotAfter().toInstant());
    }
    return product(certificate)
        .orElseThrow(
            () ->
                MosException.invalid(
                    origin + ": names no product: its CN must be 'manifest PRODUCT:<uuid>'"));
  }

  /** The common name of a product's certificate. */
  static String name(UUID product) {
    return NAME_PREFIX + product;
  }

  private static Optional<UUID> product(X509CertificateHolder certificate) {
    List<String> names = Subjects.values(certificate, BCStyle.CN);
    if (names.size() != 1) {
      return Optional.empty();
    }
    String name = names.getFirst();
    return name.startsWith(NAME_PREFIX)
        ? Uuids.parse(name.substring(NAME_PREFIX.length()))
        : Optional.empty();
  }
}
