package mos.plugin.x509verify;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.verify.TrustAnchors;

/** The authorities that the caller trusts. */
record Anchors(List<X509Certificate> certificates) {
  /**
   * Reads them; text around them is allowed, as people annotate such files.
   *
   * @throws MosException INVALID when one of them is no usable authority: a file that its owner
   *     misunderstands is not trusted in part
   */
  static Anchors of(TrustAnchors anchors) {
    try {
      List<X509Certificate> certificates =
          PemCertificates.parse(anchors.pem(), PemCertificates.Surroundings.TEXT);
      for (X509Certificate certificate : certificates) {
        CertificateRules.checkAnchor(certificate);
      }
      return new Anchors(certificates);
    } catch (NotTrusted e) {
      throw new MosException(
          ErrorCode.INVALID, anchors.origin() + ": not usable as CA: " + e.getMessage(), e);
    }
  }

  boolean contains(X509Certificate certificate) {
    return certificates.contains(certificate);
  }

  /** Those of one name; a renewed authority has the name of its predecessor. */
  List<X509Certificate> named(X500Principal subject) {
    return certificates.stream()
        .filter(anchor -> anchor.getSubjectX500Principal().equals(subject))
        .toList();
  }
}
