package mos.plugin.x509verify;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/** What a certificate must say about itself before a path with it is looked at. */
final class CertificateRules {
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  // Indexes in X509Certificate.getKeyUsage.
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;

  private static final int NOT_CA = -1;

  private static final String ECDSA = "1.2.840.10045.4.3.";

  /** SHA-2 with RSA (PKCS#1 v1.5) or ECDSA, and Ed25519. */
  private static final Set<String> SIGNATURE_ALGORITHMS =
      Set.of(
          "1.2.840.113549.1.1.11",
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13",
          ECDSA + "2",
          ECDSA + "3",
          ECDSA + "4",
          "1.3.101.112");

  /** Key usage, alternative name, basic constraints, extended key usage. */
  private static final Set<String> UNDERSTOOD =
      Set.of("2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37");

  /** Name constraints and policy constraints: they would restrict a chain if we understood them. */
  private static final List<String> RESTRICTIONS = List.of("2.5.29.30", "2.5.29.36");

  private CertificateRules() {}

  /** An end certificate that may sign manifests. */
  static void checkLeaf(X509Certificate leaf) throws NotTrusted {
    if (leaf.getBasicConstraints() != NOT_CA) {
      throw new NotTrusted(
          named(leaf) + " is a CA (CA:TRUE); a manifest is signed with an end certificate");
    }
    boolean[] usage = leaf.getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE]) {
      throw new NotTrusted(named(leaf) + " has no key usage digitalSignature");
    }
    List<String> purposes = purposes(leaf);
    if (!purposes.contains(CODE_SIGNING)) {
      throw new NotTrusted(named(leaf) + " has no extended key usage codeSigning");
    }
    checkExtensions(leaf);
    checkSignature(leaf);
    checkKey(leaf);
  }

  /** An authority between the leaf and a trust anchor. */
  static void checkIntermediate(X509Certificate issuer) throws NotTrusted {
    checkAuthority(issuer);
    checkSignature(issuer);
  }

  /** A trust anchor. Nobody checks its own signature: it is trusted because it was given. */
  static void checkAnchor(X509Certificate anchor) throws NotTrusted {
    checkAuthority(anchor);
  }

  private static void checkAuthority(X509Certificate issuer) throws NotTrusted {
    if (issuer.getBasicConstraints() == NOT_CA) {
      throw new NotTrusted(named(issuer) + " is not a CA certificate (CA:TRUE)");
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw new NotTrusted(named(issuer) + " has a key usage without keyCertSign");
    }
    List<String> purposes = purposes(issuer);
    if (!purposes.isEmpty()
        && !purposes.contains(CODE_SIGNING)
        && !purposes.contains(ANY_PURPOSE)) {
      throw new NotTrusted(named(issuer) + " is an authority for other purposes than codeSigning");
    }
    checkExtensions(issuer);
    checkKey(issuer);
  }

  private static void checkExtensions(X509Certificate certificate) throws NotTrusted {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null) {
      for (String extension : critical) {
        if (!UNDERSTOOD.contains(extension)) {
          throw new NotTrusted(
              named(certificate) + " has the critical extension " + extension + ", not understood");
        }
      }
    }
    for (String extension : RESTRICTIONS) {
      if (certificate.getExtensionValue(extension) != null) {
        throw new NotTrusted(
            named(certificate) + " has name or policy constraints, which are not supported");
      }
    }
  }

  private static void checkSignature(X509Certificate certificate) throws NotTrusted {
    String algorithm = certificate.getSigAlgOID();
    if (!SIGNATURE_ALGORITHMS.contains(algorithm)) {
      throw new NotTrusted(
          named(certificate)
              + " is signed with "
              + certificate.getSigAlgName()
              + ", which is not accepted: RSA or ECDSA with SHA-256 or more, or Ed25519");
    }
    if (!SignatureField.isCanonical(encoded(certificate), algorithm.startsWith(ECDSA))) {
      throw new NotTrusted(named(certificate) + " has a malformed signature");
    }
  }

  private static byte[] encoded(X509Certificate certificate) throws NotTrusted {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new NotTrusted(named(certificate) + " has no encoding", e);
    }
  }

  private static void checkKey(X509Certificate certificate) throws NotTrusted {
    try {
      KeyKind.of(certificate.getPublicKey());
    } catch (NotTrusted e) {
      throw new NotTrusted(named(certificate) + ": " + e.getMessage(), e);
    }
  }

  private static List<String> purposes(X509Certificate certificate) throws NotTrusted {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes == null ? List.of() : purposes;
    } catch (CertificateParsingException e) {
      throw new NotTrusted(named(certificate) + " has a malformed extended key usage", e);
    }
  }

  /** How messages call a certificate. */
  static String named(X509Certificate certificate) {
    return "'" + certificate.getSubjectX500Principal() + "'";
  }
}
