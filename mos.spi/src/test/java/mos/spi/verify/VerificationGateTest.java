package mos.spi.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.model.Bytes;
import mos.spi.model.InstallManifest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class VerificationGateTest {
  private static final UUID PRODUCT = UUID.fromString("0b8a3b5e-0000-4000-8000-00000000000A");
  private static final UUID OTHER = UUID.fromString("0b8a3b5e-0000-4000-8000-00000000000b");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final TrustAnchors ANCHORS = new TrustAnchors("ca.pem", Bytes.utf8("ca"));
  private static final Bytes IMAGE = Bytes.utf8("{image}");
  private static final SignedDocument DOCUMENT =
      new SignedDocument("here", Bytes.utf8("signed"), List.of(), List.of());

  private final AtomicBoolean parsed = new AtomicBoolean();

  /** A verifier that applies or not, and accepts for a product or refuses. */
  private record Fake(boolean applies, Optional<UUID> product) implements Verifier {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public boolean applies(SignedDocument document) {
      return applies;
    }

    @Override
    public Signatory verify(
        SignedDocument document, TrustAnchors anchors, Purpose purpose, Instant now) {
      assertSame(ANCHORS, anchors);
      assertEquals(NOW, now);
      return new Signatory(
          product.orElseThrow(() -> MosException.refused("bad signature")),
          Bytes.utf8("pem"),
          Bytes.utf8("signature"));
    }
  }

  private static Fake accepting(UUID product) {
    return new Fake(true, Optional.of(product));
  }

  private VerificationGate gate(String product, Verifier... verifiers) {
    return new VerificationGate(
        List.of(verifiers),
        ANCHORS,
        bytes -> {
          parsed.set(true);
          return manifest(product);
        },
        bytes -> image(),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static InstallManifest manifest(String product) {
    Target target =
        new Target(
            "hostfs",
            "1",
            ServiceType.HOSTFS,
            Network.HOST,
            NamespaceGroup.HOST,
            IMAGE.digest(),
            IMAGE.size(),
            List.of());
    return new InstallManifest(1, product, List.of(), List.of(target), UpdateType.COMPLETE);
  }

  private static ImageManifest image() {
    return new ImageManifest(
        Optional.empty(),
        Descriptor.of("config", IMAGE.digest(), 2),
        List.of(),
        Optional.empty(),
        Map.of());
  }

  private static MosException refused(ErrorCode code, Executable what) {
    MosException e = assertThrows(MosException.class, what);
    assertEquals(code, e.code(), e.getMessage());
    return e;
  }

  private void refusedUnparsed(VerificationGate gate) {
    refused(ErrorCode.REFUSED, () -> gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty()));
    assertFalse(parsed.get(), "the parser saw bytes that nobody vouches for");
  }

  @Test
  void aSignedManifestPassesWithItsBytesAsReceived() {
    VerifiedManifest manifest =
        gate(PRODUCT.toString(), accepting(PRODUCT))
            .admit(DOCUMENT, Purpose.ACCEPT, Optional.of(PRODUCT));
    assertEquals(DOCUMENT.bytes(), manifest.bytes());
    assertEquals(DOCUMENT.bytes().digest(), manifest.digest());
    assertEquals(PRODUCT, manifest.product());
    assertEquals(Bytes.utf8("signature"), manifest.signature());
  }

  @Test
  void withoutAVerifierNothingPasses() {
    refusedUnparsed(gate(PRODUCT.toString()));
  }

  @Test
  void withoutAnApplicableVerifierNothingPasses() {
    refusedUnparsed(gate(PRODUCT.toString(), new Fake(false, Optional.of(PRODUCT))));
  }

  @Test
  void whatIsNotVerifiedIsNotParsed() {
    refusedUnparsed(gate(PRODUCT.toString(), new Fake(true, Optional.empty())));
  }

  @Test
  void everyApplicableVerifierMustAccept() {
    refusedUnparsed(gate(PRODUCT.toString(), accepting(PRODUCT), new Fake(true, Optional.empty())));
  }

  @Test
  void verifiersMustAgreeOnTheProduct() {
    refusedUnparsed(gate(PRODUCT.toString(), accepting(PRODUCT), accepting(OTHER)));
  }

  @Test
  void aVerifierThatDoesNotApplyIsNotAsked() {
    VerificationGate gate =
        gate(PRODUCT.toString(), new Fake(false, Optional.empty()), accepting(PRODUCT));
    assertEquals(PRODUCT, gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty()).product());
  }

  @Test
  void aManifestLargerThanAnyCanBeIsNotEvenVerified() {
    Bytes huge = Bytes.copyOf(new byte[InstallManifest.MAX_BYTES + 1]);
    SignedDocument document = new SignedDocument("here", huge, List.of(), List.of());
    VerificationGate gate = gate(PRODUCT.toString(), accepting(PRODUCT));
    refused(ErrorCode.REFUSED, () -> gate.admit(document, Purpose.ACCEPT, Optional.empty()));
  }

  @Test
  void theManifestsProductMustBeTheCertificates() {
    VerificationGate gate = gate(OTHER.toString(), accepting(PRODUCT));
    refused(ErrorCode.REFUSED, () -> gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty()));
  }

  @Test
  void theCertificatesProductMustBeTheHosts() {
    VerificationGate gate = gate(PRODUCT.toString(), accepting(PRODUCT));
    refused(ErrorCode.REFUSED, () -> gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.of(OTHER)));
  }

  @Test
  void aProductIsTheSameInCapitals() {
    VerificationGate gate =
        gate(PRODUCT.toString().toUpperCase(java.util.Locale.ROOT), accepting(PRODUCT));
    assertEquals(PRODUCT, gate.admit(DOCUMENT, Purpose.USE, Optional.empty()).product());
  }

  @Test
  void aProductsNameIsAccepted() {
    VerificationGate gate = gate("default", accepting(PRODUCT));
    assertEquals(PRODUCT, gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty()).product());
  }

  @Test
  void signedNonsenseIsInvalidAndNamesItsOrigin() {
    VerificationGate gate =
        new VerificationGate(
            List.of(accepting(PRODUCT)),
            ANCHORS,
            bytes -> {
              throw new InvalidFieldException("version", "must be 1");
            },
            bytes -> image(),
            Clock.fixed(NOW, ZoneOffset.UTC));
    MosException e =
        refused(ErrorCode.INVALID, () -> gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty()));
    assertEquals("here: version: must be 1", e.getMessage());
  }

  private VerifiedImage admitImage(String service, Bytes bytes) {
    VerificationGate gate = gate("default", accepting(PRODUCT));
    VerifiedManifest manifest = gate.admit(DOCUMENT, Purpose.ACCEPT, Optional.empty());
    return gate.admit(manifest, service, "registry", bytes);
  }

  @Test
  void anImageOfTheManifestPasses() {
    VerifiedImage image = admitImage("hostfs", IMAGE);
    assertEquals(IMAGE.digest(), image.digest());
    assertEquals("hostfs", image.target().serviceName());
  }

  @Test
  void anImageWithAnotherDigestIsRefused() {
    MosException e = refused(ErrorCode.REFUSED, () -> admitImage("hostfs", Bytes.utf8("{imagE}")));
    assertTrue(e.getMessage().startsWith("registry: its digest is sha256:"), e.getMessage());
  }

  @Test
  void anImageOfAnotherSizeIsRefused() {
    refused(ErrorCode.REFUSED, () -> admitImage("hostfs", Bytes.utf8("{image} ")));
  }

  @Test
  void anImageOfNoTargetIsNotFound() {
    refused(ErrorCode.NOT_FOUND, () -> admitImage("web", IMAGE));
  }
}
