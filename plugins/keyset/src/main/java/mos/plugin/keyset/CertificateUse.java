package mos.plugin.keyset;

import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** What a certificate is for, as its extensions say. */
enum CertificateUse {
  /** Issues certificates. */
  AUTHORITY,
  /** Signs manifests, kernels, boot loaders or TPM policies. */
  SIGN_CODE,
  /** Signs updates of the firmware's key databases. */
  SIGN_UPDATES,
  /** Proves a host's identity, on both ends of a TLS connection. */
  IDENTIFY_HOST;

  int keyUsage() {
    return switch (this) {
      case AUTHORITY -> KeyUsage.keyCertSign | KeyUsage.cRLSign;
      case SIGN_CODE, SIGN_UPDATES, IDENTIFY_HOST -> KeyUsage.digitalSignature;
    };
  }

  List<KeyPurposeId> purposes() {
    return switch (this) {
      case AUTHORITY, SIGN_UPDATES -> List.of();
      case SIGN_CODE -> List.of(KeyPurposeId.id_kp_codeSigning);
      case IDENTIFY_HOST -> List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    };
  }
}
