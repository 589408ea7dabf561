package mos.plugin.x509verify;

import static mos.plugin.x509verify.Openssl.CA;
import static mos.plugin.x509verify.Openssl.ED25519;
import static mos.plugin.x509verify.Openssl.LEAF;
import static mos.plugin.x509verify.Openssl.P256;
import static mos.plugin.x509verify.Openssl.P384;
import static mos.plugin.x509verify.Openssl.PRODUCT;
import static mos.plugin.x509verify.Openssl.RSA;
import static mos.plugin.x509verify.Openssl.SUBJECT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class X509VerifierTest {
  private static final Bytes DOCUMENT = Bytes.utf8("{\"version\":1}");
  private final Instant later = Instant.now().plus(Duration.ofDays(95));
  private final Instant before = Instant.now().minus(Duration.ofDays(5));

  @TempDir Path directory;
  private Openssl openssl;

  @BeforeEach
  void makeAuthority() {
    openssl = new Openssl(directory).authority("root");
  }

  @ParameterizedTest
  @CsvSource({
    "rsa:2048,sha256",
    "rsa:3072,sha256",
    "rsa:4096,sha256",
    "ec:P-256,sha256",
    "ec:P-384,sha256",
    "ec:P-384,sha384"
  })
  void acceptsWhatOpensslDgstSigns(String kind, String hash) {
    openssl.signer("leaf", kind, "root");

    Signatory signatory =
        accept(openssl.certificates("leaf"), openssl.sign("leaf", hash, DOCUMENT));

    assertEquals(UUID.fromString(PRODUCT), signatory.product());
    assertEquals(openssl.read("leaf.pem"), signatory.certificate());
    assertEquals(openssl.read("signature"), signatory.signature());
  }

  @Test
  void acceptsWhatOpensslPkeyutlSignsWithEd25519() {
    openssl.signer("leaf", ED25519, "root");

    accept(openssl.certificates("leaf"), openssl.signRaw("leaf", DOCUMENT));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa:2048,sha1",
    "rsa:2048,sha512",
    "ec:P-256,sha1",
    "ec:P-256,sha384",
    "ec:P-384,sha512"
  })
  void refusesSignaturesWithAnotherHash(String kind, String hash) {
    openssl.signer("leaf", kind, "root");

    refuse(
        "was not made over these bytes",
        openssl.certificates("leaf"),
        openssl.sign("leaf", hash, DOCUMENT));
  }

  @Test
  void refusesAnRsaSignatureWithPssPadding() {
    openssl.signer("leaf", RSA, "root");
    openssl.write("document", DOCUMENT);
    openssl.run(
        "dgst",
        "-sha256",
        "-sign",
        "leaf.key",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-out",
        "signature",
        "document");

    refuse(
        "was not made over these bytes",
        openssl.certificates("leaf"),
        openssl.attachment("signature"));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa:1024,its RSA key has 1024 bits",
    "ec:P-521,is of a kind that is not accepted",
    "ec:secp256k1,is of a kind that is not accepted",
    "ed448,is of a kind that is not accepted",
    "RSA-PSS,is of a kind that is not accepted",
    "ec:P-256:explicit,not an X.509 certificate"
  })
  void refusesOtherKeys(String kind, String reason) {
    openssl.signer("leaf", kind, "root");

    refuse(reason, openssl.certificates("leaf"), new Attachment("none", DOCUMENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha1", "md5", "sha224"})
  void refusesCertificatesWithAWeakHash(String hash) {
    openssl.key("root", RSA).selfSigned("root", "/CN=root");
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, LEAF, "-" + hash);

    refuse("which is not accepted", leafAndSignature());
  }

  @ParameterizedTest
  @ValueSource(strings = {RSA, P384, ED25519})
  void acceptsChainsOfEveryKindOfKey(String kind) {
    openssl.key("middle", kind).issue("middle", "root", "/CN=middle", CA);
    openssl.signer("leaf", P256, "middle");

    accept(openssl.certificates("leaf", "middle"), openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void onlyTheGivenAnchorsAreTrusted() {
    openssl.authority("other").signer("leaf", P256, "root");

    String message =
        refuse("which is not one of the given CAs", openssl.anchors("other"), leafAndSignature());
    assertTrue(message.contains("'CN=root'"), message);
  }

  @Test
  void anAnchorOfTheSameNameAndAnotherKeyIsNotTrusted() {
    openssl.signer("leaf", P256, "root");
    SignedDocument document = leafAndSignature();
    openssl.authority("root");

    refuse("was not signed by the key of", openssl.anchors("root"), document);
  }

  @Test
  void anyOfSeveralAnchorsIsEnough() {
    openssl.authority("other").signer("leaf", P256, "root");

    accept(openssl.anchors("other", "root"), leafAndSignature());
  }

  @Test
  void ofTwoAnchorsWithOneNameTheRightOneIsFound() {
    openssl.signer("leaf", P256, "root");
    SignedDocument document = leafAndSignature();
    Bytes right = openssl.read("root.pem");
    openssl.authority("root");
    Bytes wrong = openssl.read("root.pem");

    accept(new TrustAnchors("ca", Bytes.utf8(wrong.text() + right.text())), document);
  }

  @Test
  void textBetweenAnchorsIsAllowed() {
    openssl
        .signer("leaf", P256, "root")
        .run("x509", "-in", "root.pem", "-text", "-out", "text.pem");

    accept(openssl.anchors("text"), leafAndSignature());
  }

  @ParameterizedTest
  @CsvSource({
    "'basicConstraints=CA:FALSE',is not a CA certificate",
    "'keyUsage=keyCertSign',is not a CA certificate",
    "'basicConstraints=CA:TRUE\nkeyUsage=digitalSignature',without keyCertSign",
    "'basicConstraints=CA:TRUE\nextendedKeyUsage=serverAuth',for other purposes",
    "'basicConstraints=CA:TRUE\n1.2.3.4=critical,DER:0500',not understood"
  })
  void anchorsMustBeAuthorities(String extensions, String reason) {
    openssl.signer("leaf", P256, "root");
    openssl.write("root.cnf", "[req]\ndistinguished_name=dn\n[dn]\n[x]\n" + extensions);
    openssl.selfSigned("root", "/CN=root");

    assertUnusable(reason, openssl.anchors("root"));
  }

  @Test
  void aWeakAnchorIsUnusable() {
    openssl.key("root", "rsa:1024").selfSigned("root", "/CN=root");

    assertUnusable("its RSA key has 1024 bits", openssl.anchors("root"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
  void anchorsMustBeThere(String pem) {
    assertUnusable("not usable as CA", new TrustAnchors("ca.pem", Bytes.utf8(pem)));
  }

  @ParameterizedTest
  @CsvSource({
    "'keyUsage=digitalSignature',no extended key usage codeSigning",
    "'keyUsage=digitalSignature\nextendedKeyUsage=serverAuth',no extended key usage codeSigning",
    "'keyUsage=digitalSignature\nextendedKeyUsage=anyExtendedKeyUsage',no extended key usage codeSigning",
    "'extendedKeyUsage=codeSigning',no key usage digitalSignature",
    "'keyUsage=keyEncipherment\nextendedKeyUsage=codeSigning',no key usage digitalSignature",
    "'basicConstraints=CA:TRUE\nkeyUsage=digitalSignature,keyCertSign\nextendedKeyUsage=codeSigning',is a CA"
  })
  void theLeafMustBeForSigningCode(String extensions, String reason) {
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, extensions);

    refuse(reason, leafAndSignature());
  }

  @Test
  void criticalExtensionsThatAreUnknownAreRefused() {
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, LEAF + "1.2.3.4=critical,DER:0500");

    refuse("not understood", leafAndSignature());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nameConstraints=permitted;DNS:example.org",
        "policyConstraints=requireExplicitPolicy:0",
        "policyConstraints=critical,requireExplicitPolicy:0"
      })
  void constraintsThatAreNotSupportedAreRefusedRatherThanIgnored(String constraint) {
    makeLongChain(CA + constraint, CA);

    refuse(
        constraint.contains("critical") ? "not understood" : "which are not supported",
        openssl.certificates("leaf", "middle", "top"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void unknownExtensionsThatAreNotCriticalAreAccepted() {
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, LEAF + "1.2.3.4=DER:0500");

    accept(leafAndSignature());
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf middle top", "top middle leaf", "middle leaf top root"})
  void intermediatesAreAcceptedInAnyOrder(String order) {
    makeLongChain(CA, CA);

    accept(openssl.certificates(order.split(" ", -1)), openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf", "leaf middle", "leaf top"})
  void aChainWithAHoleIsRefused(String certificates) {
    makeLongChain(CA, CA);

    refuse(
        certificates.equals("leaf top") ? "is not one chain" : "which is not one of the given CAs",
        openssl.certificates(certificates.split(" ", -1)),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @ParameterizedTest
  @CsvSource({
    "'basicConstraints=CA:FALSE',is not a CA certificate",
    "'keyUsage=keyCertSign',is not a CA certificate",
    "'basicConstraints=CA:TRUE\nkeyUsage=digitalSignature',without keyCertSign",
    "'basicConstraints=CA:TRUE\nextendedKeyUsage=clientAuth',for other purposes"
  })
  void issuersMustBeAuthorities(String extensions, String reason) {
    makeLongChain(CA, extensions);

    refuse(
        reason,
        openssl.certificates("leaf", "middle", "top"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void thePathLengthOfAnIntermediateCounts() {
    makeLongChain("basicConstraints=CA:TRUE,pathlen:0", CA);

    refuse(
        "does not allow so many intermediates",
        openssl.certificates("leaf", "middle", "top"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void thePathLengthOfTheAnchorCounts() {
    openssl.write(
        "root.cnf",
        "[req]\ndistinguished_name=dn\n[dn]\n[x]\nbasicConstraints=critical,CA:TRUE,pathlen:1\n");
    openssl.selfSigned("root", "/CN=root");
    makeLongChain(CA, CA);

    refuse(
        "does not allow so many intermediates",
        openssl.certificates("leaf", "middle", "top"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void anIntermediateMayBeTheAnchor() {
    makeLongChain(CA, CA);

    accept(
        openssl.anchors("middle"),
        document(openssl.certificates("leaf"), openssl.sign("leaf", "sha256", DOCUMENT)));
  }

  @Test
  void certificatesThatAreNotPartOfTheChainAreRefused() {
    openssl.authority("other").signer("leaf", P256, "root");

    refuse(
        "is not one chain",
        openssl.certificates("leaf", "other"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void anExpiredCertificateIsNotAccepted() {
    openssl.signer("leaf", P256, "root");

    String message = refuse("expired at", leafAndSignature(), Purpose.ACCEPT, later);
    assertTrue(message.contains(PRODUCT), message);
  }

  @Test
  void aCertificateThatIsNotValidYetIsNotAccepted() {
    openssl.signer("leaf", P256, "root");

    refuse("is not valid before", leafAndSignature(), Purpose.ACCEPT, before);
  }

  @Test
  void anExpiredAnchorAcceptsNothing() {
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, LEAF, "-days", "400");

    String message =
        refuse(
            "expired at",
            leafAndSignature(),
            Purpose.ACCEPT,
            Instant.now().plus(Duration.ofDays(200)));
    assertTrue(message.contains("'CN=root'"), message);
  }

  @Test
  void whatWasAcceptedIsUsedWhateverTheClockSays() {
    openssl.signer("leaf", P256, "root");

    verify(openssl.anchors("root"), leafAndSignature(), Purpose.USE, later);
    verify(openssl.anchors("root"), leafAndSignature(), Purpose.USE, Instant.EPOCH);
  }

  @Test
  void aChainThatWasNeverValidIsNotUsed() {
    openssl.key("leaf", P256).issue("leaf", "root", SUBJECT, LEAF, "-days", "-1");

    refuse("were never valid", leafAndSignature(), Purpose.USE, Instant.now());
  }

  @Test
  void everyPairIsTriedUntilOneHolds() {
    openssl.authority("other");
    openssl
        .signer("wrong", P256, "other")
        .signer("leaf", P256, "root")
        .signer("leaf2", RSA, "root");
    Attachment stranger =
        new Attachment("stranger", openssl.sign("wrong", "sha256", DOCUMENT).bytes());
    Attachment right = new Attachment("right", openssl.sign("leaf2", "sha256", DOCUMENT).bytes());

    Signatory signatory =
        accept(
            openssl.anchors("root"),
            new SignedDocument(
                "m",
                DOCUMENT,
                List.of(
                    new Attachment("rubbish", Bytes.utf8("rubbish")),
                    openssl.certificates("wrong"),
                    openssl.certificates("leaf"),
                    openssl.certificates("leaf2")),
                List.of(new Attachment("rubbish", Bytes.utf8("")), stranger, right)));

    assertEquals(openssl.read("leaf2.pem"), signatory.certificate());
    assertEquals(right.bytes(), signatory.signature());
  }

  @Test
  void theRefusalSaysWhyEachPairDidNotHold() {
    openssl.authority("other");
    openssl.signer("wrong", P256, "other").signer("leaf", P256, "root");
    Attachment stranger =
        new Attachment("stranger", openssl.sign("wrong", "sha256", DOCUMENT).bytes());

    String message =
        refuse(
            "m: not trusted: ",
            openssl.anchors("root"),
            new SignedDocument(
                "m",
                DOCUMENT,
                List.of(
                    new Attachment("rubbish", Bytes.utf8("rubbish")),
                    openssl.certificates("wrong"),
                    openssl.certificates("leaf")),
                List.of(stranger)));

    assertTrue(message.contains("certificate rubbish: line 1: a certificate file has"), message);
    assertTrue(message.contains("certificate wrong: was issued by 'CN=other'"), message);
    assertTrue(
        message.contains("signature stranger was not made over these bytes by the key of leaf"),
        message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void theRefusalOfManyPairsStaysOneBoundedLine() {
    openssl.signer("leaf", P256, "root");
    Attachment noise = new Attachment("noise\n" + "x".repeat(5000), Bytes.utf8("noise"));

    String message =
        refuse(
            "more",
            openssl.anchors("root"),
            new SignedDocument(
                "m",
                DOCUMENT,
                Collections.nCopies(100, openssl.certificates("leaf")),
                Collections.nCopies(100, noise)));

    assertTrue(message.length() < 5000, () -> message.length() + " characters");
    assertEquals(1, message.lines().count());
  }

  @Test
  void aSignatureOverOtherBytesIsRefused() {
    openssl.signer("leaf", RSA, "root");

    refuse(
        "was not made over these bytes",
        openssl.certificates("leaf"),
        openssl.sign("leaf", "sha256", Bytes.utf8("{\"version\":2}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {RSA, P256, P384, ED25519})
  void rubbishOfAnyLengthIsNoSignature(String kind) {
    openssl.signer("leaf", kind, "root");
    Attachment certificate = openssl.certificates("leaf");
    TrustAnchors anchors = openssl.anchors("root");

    for (int length = 0; length <= 300; length++) {
      for (byte filling : new byte[] {0, 1, 0x30, (byte) 0xff}) {
        byte[] rubbish = new byte[length];
        Arrays.fill(rubbish, filling);
        refusal(
            "was not made over these bytes",
            anchors,
            document(certificate, new Attachment("rubbish", Bytes.copyOf(rubbish))),
            Purpose.USE,
            Instant.now());
      }
    }
  }

  @Test
  void halfOfWhatIsNeededIsNamed() {
    openssl.signer("leaf", P256, "root");
    TrustAnchors anchors = openssl.anchors("root");
    Attachment signature = openssl.sign("leaf", "sha256", DOCUMENT);

    refuse(
        "it came without certificates",
        anchors,
        new SignedDocument("m", DOCUMENT, List.of(), List.of(signature)));
    refuse(
        "it came without signatures",
        anchors,
        new SignedDocument("m", DOCUMENT, List.of(openssl.certificates("leaf")), List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "/CN=manifest PRODUCT:2f7a3c1e,names no product",
    "/CN=manifest PRODUCT:1-1-1-1-1,names no product",
    "'/CN=manifest PRODUCT:2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4 ',names no product",
    "/CN=2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4,names no product",
    "/O=manifest PRODUCT:2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4,has no common name",
    "'/O=x,CN=manifest PRODUCT:2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4/CN=y',names no product",
    "/CN=x/CN=manifest PRODUCT:2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4,more than one common name",
    "/CN=manifest PRODUCT:2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4+O=x,with several values"
  })
  void theProductIsReadStrictly(String subject, String reason) {
    openssl.key("leaf", P256).issue("leaf", "root", subject, LEAF);

    refuse(reason, leafAndSignature());
  }

  @Test
  void organisationsMayStandBesideTheProduct() {
    openssl.key("leaf", P256).issue("leaf", "root", "/C=DE/O=Ex, Inc/OU=u" + SUBJECT, LEAF);

    accept(leafAndSignature());
  }

  @Test
  void certificatesWithDosLineEndsAreAccepted() {
    openssl.signer("leaf", P256, "root");
    String dos = openssl.read("leaf.pem").text().replace("\n", "\r\n");

    accept(new Attachment("leaf.pem", Bytes.utf8(dos)), openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void textAroundTheCertificateIsRefused() {
    openssl
        .signer("leaf", P256, "root")
        .run("x509", "-in", "leaf.pem", "-text", "-out", "text.pem");

    refuse(
        "nothing but PEM certificates",
        openssl.certificates("text"),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  @Test
  void moreCertificatesThanTheBoundAreRefused() {
    openssl.signer("leaf", P256, "root");
    String[] many = Collections.nCopies(17, "leaf").toArray(String[]::new);

    refuse(
        "more than 16 certificates",
        openssl.certificates(many),
        openssl.sign("leaf", "sha256", DOCUMENT));
  }

  private void makeLongChain(String top, String middle) {
    openssl.key("top", P256).issue("top", "root", "/CN=top", top);
    openssl.key("middle", P256).issue("middle", "top", "/CN=middle", middle);
    openssl.signer("leaf", P256, "middle");
  }

  private SignedDocument leafAndSignature() {
    return document(openssl.certificates("leaf"), openssl.sign("leaf", "sha256", DOCUMENT));
  }

  private static SignedDocument document(Attachment certificate, Attachment signature) {
    return new SignedDocument("m", DOCUMENT, List.of(certificate), List.of(signature));
  }

  private Signatory accept(Attachment certificate, Attachment signature) {
    return accept(document(certificate, signature));
  }

  private Signatory accept(SignedDocument document) {
    return accept(openssl.anchors("root"), document);
  }

  private static Signatory accept(TrustAnchors anchors, SignedDocument document) {
    return verify(anchors, document, Purpose.ACCEPT, Instant.now());
  }

  private static Signatory verify(
      TrustAnchors anchors, SignedDocument document, Purpose purpose, Instant now) {
    return new X509Verifier().verify(document, anchors, purpose, now);
  }

  private String refuse(String reason, Attachment certificate, Attachment signature) {
    return refuse(reason, document(certificate, signature));
  }

  private String refuse(String reason, SignedDocument document) {
    return refuse(reason, openssl.anchors("root"), document);
  }

  private static String refuse(String reason, TrustAnchors anchors, SignedDocument document) {
    refusal(reason, anchors, document, Purpose.USE, Instant.now());
    return refusal(reason, anchors, document, Purpose.ACCEPT, Instant.now());
  }

  private String refuse(String reason, SignedDocument document, Purpose purpose, Instant now) {
    return refusal(reason, openssl.anchors("root"), document, purpose, now);
  }

  private static String refusal(
      String reason, TrustAnchors anchors, SignedDocument document, Purpose purpose, Instant now) {
    MosException e =
        assertThrows(MosException.class, () -> verify(anchors, document, purpose, now));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    return e.getMessage();
  }

  private void assertUnusable(String reason, TrustAnchors anchors) {
    MosException e =
        assertThrows(MosException.class, () -> accept(anchors, document(none(), none())));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static Attachment none() {
    return new Attachment("none", DOCUMENT);
  }
}
