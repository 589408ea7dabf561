package mos.plugin.x509verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;

/** What comes with a signed document, for fuzzing: whoever vouches for it must have signed it. */
public final class X509Parsers {
  private static final Bytes DOCUMENT = Bytes.utf8("signed");
  private static final Bytes AUTHORITY = read("certificates/ca.pem");
  private static final Bytes LEAF = read("certificates/leaf.pem");
  private static final Bytes SIGNATURE = read("seeds/signature/ecdsa");

  private X509Parsers() {}

  /** PEM: nobody has another certificate of this authority. */
  public static void certificate(byte[] input) {
    Signatory signatory = verify(Bytes.copyOf(input), SIGNATURE);
    if (!startsWith(signatory.certificate(), LEAF)) {
      throw new AssertionError("another certificate was accepted");
    }
  }

  /** DER, put into PEM as we want it. */
  public static void certificateDer(byte[] input) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(input);
    certificate(
        ("-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  /** A signature has one spelling, and nobody has another one. */
  public static void signature(byte[] input) {
    verify(LEAF, Bytes.copyOf(input));
    if (!Bytes.copyOf(input).equals(SIGNATURE)) {
      throw new AssertionError("another signature was accepted");
    }
  }

  private static Signatory verify(Bytes certificate, Bytes signature) {
    SignedDocument document =
        new SignedDocument(
            "document",
            DOCUMENT,
            List.of(new Attachment("certificate", certificate)),
            List.of(new Attachment("signature", signature)));
    return new X509Verifier()
        .verify(document, new TrustAnchors("ca", AUTHORITY), Purpose.USE, Instant.EPOCH);
  }

  /** Apart from empty lines and line ends, which may differ. */
  private static boolean startsWith(Bytes bytes, Bytes beginning) {
    return bare(bytes).startsWith(bare(beginning));
  }

  private static String bare(Bytes pem) {
    return pem.text().replaceAll("[\r\n]+", "\n").strip();
  }

  private static Bytes read(String file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(Path.of(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
