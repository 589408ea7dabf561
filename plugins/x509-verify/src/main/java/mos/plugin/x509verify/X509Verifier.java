package mos.plugin.x509verify;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.Verifier;

/**
 * Accepts a document when one of its certificates leads to one of the given authorities, may sign
 * code, names a product, and its key has made one of the signatures over the document's bytes.
 */
public final class X509Verifier implements Verifier {
  /** Made by {@link java.util.ServiceLoader}. */
  public X509Verifier() {}

  @Override
  public String name() {
    return "x509";
  }

  /** A document with any attachment: one with half of them deserves to be told which half. */
  @Override
  public boolean applies(SignedDocument document) {
    return !document.certificates().isEmpty() || !document.signatures().isEmpty();
  }

  @Override
  public Signatory verify(
      SignedDocument document, TrustAnchors trusted, Purpose purpose, Instant now) {
    Anchors anchors = Anchors.of(trusted);
    PathValidation validation = new PathValidation(purpose, now);
    byte[] content = document.bytes().toArray();
    Reasons reasons = new Reasons();
    List<Attachment> signatures = lookedAt("signatures", document.signatures(), reasons);
    for (Attachment certificate : lookedAt("certificates", document.certificates(), reasons)) {
      try {
        Signer signer = signer(certificate, anchors, validation);
        for (Attachment signature : signatures) {
          if (signed(signer, content, signature)) {
            return new Signatory(signer.product(), certificate.bytes(), signature.bytes());
          }
          reasons.add(
              "signature "
                  + signature.origin()
                  + " was not made over these bytes by the key of "
                  + certificate.origin());
        }
      } catch (NotTrusted e) {
        reasons.add("certificate " + certificate.origin() + ": " + e.getMessage());
      }
    }
    throw new MosException(ErrorCode.REFUSED, document.origin() + ": not trusted: " + reasons);
  }

  private static List<Attachment> lookedAt(
      String kind, List<Attachment> attachments, Reasons reasons) {
    if (attachments.isEmpty()) {
      reasons.add("it came without " + kind);
    }
    if (attachments.size() > SignedDocument.MAX_ATTACHMENTS) {
      reasons.add(
          "of its "
              + attachments.size()
              + " "
              + kind
              + " only the first "
              + SignedDocument.MAX_ATTACHMENTS
              + " were looked at");
      return attachments.subList(0, SignedDocument.MAX_ATTACHMENTS);
    }
    return attachments;
  }

  private record Signer(UUID product, KeyKind kind, PublicKey key) {}

  private static Signer signer(Attachment certificate, Anchors anchors, PathValidation validation)
      throws NotTrusted {
    Chain chain =
        Chain.of(
            PemCertificates.parse(certificate.bytes(), PemCertificates.Surroundings.EMPTY),
            anchors);
    validation.check(chain, anchors);
    PublicKey key = chain.leaf().getPublicKey();
    return new Signer(ProductName.of(chain.leaf().getSubjectX500Principal()), KeyKind.of(key), key);
  }

  private static boolean signed(Signer signer, byte[] content, Attachment signature)
      throws NotTrusted {
    return signature.bytes().size() <= Attachment.MAX_BYTES
        && signer.kind().verifies(signer.key(), content, signature.bytes().toArray());
  }
}
