package mos.plugin.x509verify;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.verify.Attachment;

/**
 * Reads certificates in PEM, in the form that RFC 7468 section 2 prescribes to writers. The JDK's
 * own reader skips what it does not understand; here every byte has one spelling (lines of 64
 * characters, no spaces, canonical base64, one kind of line end), so that no byte of an accepted
 * file can be changed without notice.
 */
final class PemCertificates {
  /** The most certificates in one file. */
  static final int MAX_CERTIFICATES = 16;

  /** What may stand between the certificates of a file. */
  enum Surroundings {
    /** Nothing but empty lines. */
    EMPTY,
    /** Anything, as in a file of authorities that somebody has annotated. */
    TEXT
  }

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int LINE = 64;

  private PemCertificates() {}

  /**
   * Reads all certificates of a file.
   *
   * @throws NotTrusted when there is none, more than {@link #MAX_CERTIFICATES}, or anything is
   *     malformed
   */
  static List<X509Certificate> parse(Bytes pem, Surroundings surroundings) throws NotTrusted {
    if (pem.size() > Attachment.MAX_BYTES) {
      throw new NotTrusted("is larger than " + Attachment.MAX_BYTES + " bytes");
    }
    List<String> lines = lines(pem);
    List<X509Certificate> certificates = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.equals(BEGIN)) {
        int end = lines.subList(i, lines.size()).indexOf(END);
        if (end < 0) {
          throw new NotTrusted("line " + (i + 1) + ": the certificate has no end");
        }
        if (certificates.size() == MAX_CERTIFICATES) {
          throw new NotTrusted("has more than " + MAX_CERTIFICATES + " certificates");
        }
        certificates.add(certificate(lines.subList(i + 1, i + end), i + 1));
        i += end;
      } else if (surroundings == Surroundings.EMPTY && !line.isEmpty()) {
        throw new NotTrusted(
            "line " + (i + 1) + ": a certificate file has nothing but PEM certificates in it");
      }
    }
    if (certificates.isEmpty()) {
      throw new NotTrusted("has no PEM certificate");
    }
    return certificates;
  }

  private static List<String> lines(Bytes pem) throws NotTrusted {
    String text = new String(pem.toArray(), StandardCharsets.ISO_8859_1);
    if (text.indexOf('\r') < 0) {
      return text.lines().toList();
    }
    String bare = text.replace("\r\n", "");
    if (bare.indexOf('\r') >= 0 || bare.indexOf('\n') >= 0) {
      throw new NotTrusted("has more than one kind of line end");
    }
    return text.lines().toList();
  }

  private static X509Certificate certificate(List<String> body, int line) throws NotTrusted {
    for (int i = 0; i < body.size(); i++) {
      int length = body.get(i).length();
      boolean last = i == body.size() - 1;
      if (length > LINE || length < (last ? 1 : LINE)) {
        throw new NotTrusted("line " + (line + 1 + i) + ": must have 64 characters of base64");
      }
    }
    String base64 = String.join("", body);
    byte[] der;
    try {
      der = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new NotTrusted("line " + line + ": the certificate is not base64", e);
    }
    if (!Base64.getEncoder().encodeToString(der).equals(base64)) {
      throw new NotTrusted("line " + line + ": the certificate is not canonical base64");
    }
    return certificate(der, line);
  }

  // The JDK's parser also throws unchecked exceptions on some hostile input; all mean the same.
  private static X509Certificate certificate(byte[] der, int line) throws NotTrusted {
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
      if (certificate instanceof X509Certificate x509 && Arrays.equals(x509.getEncoded(), der)) {
        return x509;
      }
    } catch (CertificateException | RuntimeException e) {
      throw new NotTrusted("line " + line + ": not an X.509 certificate", e);
    }
    throw new NotTrusted("line " + line + ": not an X.509 certificate in DER");
  }
}
