package mos.spi.verify;

import java.time.Instant;

/**
 * Phase verify: decides whether a document was signed by somebody we trust. Found by {@link
 * java.util.ServiceLoader}; every applicable verifier must accept a document, and a document that
 * none applies to is refused.
 *
 * <p>Implementations check the signature over {@link SignedDocument#bytes} as received and never
 * parse them. They are stateless and may be called from several threads.
 */
public interface Verifier {
  /** A short name for messages, such as {@code x509}. */
  String name();

  /** Whether this verifier knows how to judge the document. */
  boolean applies(SignedDocument document);

  /**
   * Judges the document: tries every certificate with every signature until one pair holds.
   *
   * @param now the moment that counts for {@link Purpose#ACCEPT}
   * @return who signed it
   * @throws mos.spi.MosException {@link mos.spi.ErrorCode#REFUSED} saying why each pair was not
   *     accepted; {@link mos.spi.ErrorCode#INVALID} when the trust anchors are unusable
   */
  Signatory verify(SignedDocument document, TrustAnchors anchors, Purpose purpose, Instant now);
}
