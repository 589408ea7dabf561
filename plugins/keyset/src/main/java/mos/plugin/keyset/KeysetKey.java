package mos.plugin.keyset;

import java.util.List;
import java.util.Optional;

/**
 * The keys that every keyset has beside those of its projects. An issuer comes before its subjects.
 */
enum KeysetKey {
  MANIFEST_CA("manifest-ca", "Manifest rootCA", CertificateUse.AUTHORITY, false),
  SUDI_CA("sudi-ca", "SUDI rootCA", CertificateUse.AUTHORITY, false),
  UEFI_PK("uefi-pk", "UEFI PK", CertificateUse.AUTHORITY, true),
  UEFI_KEK("uefi-kek", "UEFI KEK", CertificateUse.SIGN_UPDATES, true),
  UEFI_DB("uefi-db", "UEFI DB", CertificateUse.SIGN_CODE, true),
  UKI_PRODUCTION("uki-production", "UKI Production", CertificateUse.SIGN_CODE, true),
  UKI_LIMITED("uki-limited", "UKI Limited", CertificateUse.SIGN_CODE, true),
  UKI_TPM("uki-tpm", "UKI TPM", CertificateUse.SIGN_CODE, true),
  TPM_POLICY_ADMIN("tpmpol-admin", "TPM EAPolicy Admin", CertificateUse.SIGN_CODE, false),
  TPM_POLICY_LUKS("tpmpol-luks", "TPM EAPolicy LUKS", CertificateUse.SIGN_CODE, false);

  /** Who signs what firmware starts, in the order in which firmware is told (db). */
  static final List<KeysetKey> SIGNERS = List.of(UEFI_DB, UKI_PRODUCTION, UKI_LIMITED, UKI_TPM);

  private final String directory;
  private final String commonName;
  private final CertificateUse use;
  private final boolean owned;

  KeysetKey(String directory, String commonName, CertificateUse use, boolean owned) {
    this.directory = directory;
    this.commonName = commonName;
    this.use = use;
    this.owned = owned;
  }

  /** Its directory in a keyset. */
  String directory() {
    return directory;
  }

  /** The key of a directory in a keyset, if it is one. */
  static Optional<KeysetKey> of(String directory) {
    for (KeysetKey key : values()) {
      if (key.directory.equals(directory)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** The common name of its certificate. */
  String commonName() {
    return commonName;
  }

  /** What its certificate is for. */
  CertificateUse use() {
    return use;
  }

  /** Whether it is enrolled in firmware under an owner's guid (UEFI 2.10, EFI_SIGNATURE_DATA). */
  boolean hasGuid() {
    return owned;
  }

  /** Who signs its certificate, if not itself. */
  Optional<KeysetKey> issuer() {
    return this == UEFI_KEK ? Optional.of(UEFI_PK) : Optional.empty();
  }
}
