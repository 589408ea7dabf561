package mos.testkit;

import java.time.Instant;
import java.util.UUID;
import mos.spi.model.Bytes;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.Verifier;

/** Lets every document pass, signed or not: for tests of what happens behind the gate. */
public record TrustingVerifier() implements Verifier {
  /** The product that every document is said to be for. */
  public static final UUID PRODUCT = UUID.fromString("00000000-0000-4000-8000-000000000001");

  private static final Bytes NOTHING = Bytes.utf8("none");

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
    return new Signatory(PRODUCT, NOTHING, NOTHING);
  }
}
