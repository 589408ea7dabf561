package mos.bootstrap.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder.Enrollment;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.Keysets;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;

/**
 * What a keyset says about booting: which key signs what, and which boots its policy keys approve.
 *
 * @param plugins the plugins
 * @param keysets the keysets
 * @param keyset the name of one
 */
record Publisher(PluginCatalog plugins, Keysets keysets, String keyset) {
  /** Signs boot loaders. */
  static final String LOADER_KEY = "uefi-db";

  /** Signs the UKIs that may open a machine's keys. */
  static final String PRODUCTION_KEY = "uki-production";

  /** Signs UKIs that open nothing. */
  static final String LIMITED_KEY = "uki-limited";

  /** Signs the UKIs that provision machines. */
  static final String PROVISIONING_KEY = "uki-tpm";

  /** Approves policies for the LUKS and SUDI keys. */
  static final String LUKS_AUTHORITY = "tpmpol-luks";

  /** Approves policies for the TPM's administration. */
  static final String ADMIN_AUTHORITY = "tpmpol-admin";

  /** PCR 7 where this keyset's firmware keys are enrolled and a UKI by {@code signer} starts. */
  Digest pcr7(String signer) {
    FirmwareKeys firmware = keysets.firmware(keyset);
    return plugins
        .bootkits()
        .predictPcr7(
            firmware,
            List.of(
                keysets.firmwareCertificate(keyset, LOADER_KEY),
                keysets.firmwareCertificate(keyset, signer)));
  }

  /**
   * Approved policies.
   *
   * @param authority whose approval
   * @param pcr7 for each of these
   */
  SealPolicies approve(String authority, int version, int minimumVersion, List<Digest> pcr7) {
    Bytes key = keysets.publicKey(keyset, authority);
    Set<Digest> values = new LinkedHashSet<>(pcr7);
    List<SignedSealPolicy> policies = new ArrayList<>();
    for (Digest value : values) {
      SealPolicy policy = new SealPolicy(value, version);
      Bytes approvable = plugins.keyVault().approvable(policy);
      policies.add(new SignedSealPolicy(policy, keysets.sign(keyset, authority, approvable)));
    }
    return new SealPolicies(key, version, minimumVersion, policies);
  }

  /** The manifest CA's certificate. */
  Path manifestAuthority() {
    return keysets.show(keyset).stream()
        .filter(entry -> entry.name().equals("manifest-ca"))
        .findFirst()
        .map(Keysets.KeyEntry::certificate)
        .orElseThrow(() -> MosException.notFound("keyset '" + keyset + "' has no manifest-ca"));
  }

  /** What firmware in setup mode is given. */
  Enrollment enrollment() {
    return new Enrollment(
        keysets.firmware(keyset),
        keysets.signingKey(keyset, "uefi-pk"),
        keysets.signingKey(keyset, "uefi-kek"));
  }
}
