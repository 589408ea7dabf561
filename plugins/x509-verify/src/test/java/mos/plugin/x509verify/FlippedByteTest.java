package mos.plugin.x509verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No byte of what is accepted can change, not even where its meaning would stay the same. */
class FlippedByteTest {
  private static final Bytes DOCUMENT =
      Bytes.utf8("{\"version\":1,\"product\":\"p\",\"targets\":[],\"update_type\":\"complete\"}\n");

  @TempDir Path directory;
  private TrustAnchors anchors;
  private Attachment certificate;
  private Attachment signature;

  enum Given {
    RSA,
    P256,
    P384,
    ED25519,
    CHAIN,
    CHAIN_WITH_ANCHOR,
    DOS_LINE_ENDS
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA", "P256", "ED25519"})
  void everyFlippedByteOfTheDocumentIsRefused(Given given) {
    make(given);

    flip(DOCUMENT, flipped -> verify(flipped, certificate, signature));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA", "P256", "P384", "ED25519"})
  void everyFlippedByteOfTheSignatureIsRefused(Given given) {
    make(given);

    flip(
        signature.bytes(),
        flipped -> verify(DOCUMENT, certificate, new Attachment("signature", flipped)));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA", "P256", "CHAIN_WITH_ANCHOR", "DOS_LINE_ENDS"})
  void everyFlippedByteOfTheCertificateIsRefused(Given given) {
    make(given);

    flip(
        certificate.bytes(),
        flipped -> verify(DOCUMENT, new Attachment("certificate", flipped), signature));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA", "P256", "ED25519", "CHAIN"})
  void everyFlippedByteUnderTheArmourOfTheCertificateIsRefused(Given given) {
    make(given);

    for (Bytes der : Armour.open(certificate.bytes())) {
      flip(
          der,
          flipped ->
              verify(
                  DOCUMENT,
                  new Attachment("certificate", Armour.replace(certificate.bytes(), der, flipped)),
                  signature));
    }
  }

  private void make(Given given) {
    Openssl openssl = new Openssl(directory).authority("root");
    anchors = openssl.anchors("root");
    switch (given) {
      case RSA -> openssl.signer("leaf", Openssl.RSA, "root");
      case P256, DOS_LINE_ENDS -> openssl.signer("leaf", Openssl.P256, "root");
      case P384 -> openssl.signer("leaf", Openssl.P384, "root");
      case ED25519 -> openssl.signer("leaf", Openssl.ED25519, "root");
      case CHAIN, CHAIN_WITH_ANCHOR ->
          openssl
              .key("middle", Openssl.P256)
              .issue("middle", "root", "/CN=middle", Openssl.CA)
              .signer("leaf", Openssl.P256, "middle");
    }
    certificate =
        switch (given) {
          case CHAIN -> openssl.certificates("leaf", "middle");
          case CHAIN_WITH_ANCHOR -> openssl.certificates("leaf", "middle", "root");
          case DOS_LINE_ENDS ->
              new Attachment(
                  "leaf", Bytes.utf8(openssl.read("leaf.pem").text().replace("\n", "\r\n")));
          default -> openssl.certificates("leaf");
        };
    signature =
        given == Given.ED25519
            ? openssl.signRaw("leaf", DOCUMENT)
            : openssl.sign("leaf", "sha256", DOCUMENT);
    verify(DOCUMENT, certificate, signature);
  }

  private void verify(Bytes document, Attachment certificate, Attachment signature) {
    new X509Verifier()
        .verify(
            new SignedDocument("m", document, List.of(certificate), List.of(signature)),
            anchors,
            Purpose.USE,
            Instant.now());
  }

  private interface Attempt {
    void with(Bytes flipped);
  }

  private static void flip(Bytes original, Attempt attempt) {
    byte[] bytes = original.toArray();
    for (int i = 0; i < bytes.length; i++) {
      for (int mask : List.of(0x01, 0x80, 0xff)) {
        bytes[i] ^= (byte) mask;
        Bytes flipped = Bytes.copyOf(bytes);
        MosException e =
            assertThrows(
                MosException.class,
                () -> attempt.with(flipped),
                "byte " + i + " with " + mask + " flipped");
        assertEquals(ErrorCode.REFUSED, e.code());
        bytes[i] ^= (byte) mask;
      }
    }
  }
}
