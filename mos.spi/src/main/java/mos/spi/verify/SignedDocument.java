package mos.spi.verify;

import java.util.List;
import mos.spi.model.Bytes;

/**
 * A document as received, with everything that claims to sign it. Nothing in it has been believed
 * yet.
 *
 * @param origin where it came from, for messages
 * @param bytes the document
 * @param certificates candidates, in the order found
 * @param signatures candidates, in the order found
 */
public record SignedDocument(
    String origin, Bytes bytes, List<Attachment> certificates, List<Attachment> signatures) {
  /** The most certificates, and the most signatures, that are looked at. */
  public static final int MAX_ATTACHMENTS = 32;

  /** Copies the lists. */
  public SignedDocument {
    certificates = List.copyOf(certificates);
    signatures = List.copyOf(signatures);
  }
}
