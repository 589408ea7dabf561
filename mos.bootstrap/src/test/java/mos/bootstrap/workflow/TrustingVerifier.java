package mos.bootstrap.workflow;

import java.time.Instant;
import java.util.UUID;
import mos.spi.model.Bytes;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.Verifier;

/** Lets every document pass. */
record TrustingVerifier() implements Verifier {
  private static final UUID PRODUCT = UUID.fromString("00000000-0000-4000-8000-000000000001");

  @Override
  public String name() {
    return "trusting";
  }

  @Override
  public boolean applies(SignedDocument document) {
    return true;
  }

  @Override
  public Signatory verify(
      SignedDocument document, TrustAnchors anchors, Purpose purpose, Instant now) {
    return new Signatory(PRODUCT, Bytes.utf8("certificate"), Bytes.utf8("signature"));
  }
}
