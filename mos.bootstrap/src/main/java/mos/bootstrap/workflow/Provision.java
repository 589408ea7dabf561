package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.Provisioning;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.Secret;

/**
 * {@code mosctl provision}: gives a machine its identity and a fresh key for its volumes, both
 * sealed in its TPM.
 */
public final class Provision {
  /** Where a provisioning UKI carries the policies that open the TPM's administration. */
  public static final Path ADMIN_POLICIES = Path.of("/mos/admin-policies.json");

  private static final int KEY_BYTES = 32;
  private static final long MAX_IDENTITY = 16 << 10;

  private final PluginCatalog plugins;
  private final Steps steps;

  /** Provisioning of this machine. */
  public Provision(PluginCatalog plugins, EventSink events) {
    this.plugins = plugins;
    this.steps = new Steps(events);
  }

  /**
   * Provisions.
   *
   * @param sudi directory with {@code cert.pem} and {@code privkey.pem}, as {@code mosb sudi add}
   *     makes it
   * @param policies of the authority for the LUKS and SUDI keys
   * @param admin of the administration's authority
   * @param force whether a provisioned machine may be provisioned again; what its key opened is
   *     lost then
   * @param insecure whether firmware without secure boot will do
   */
  public void run(Path sudi, Path policies, Path admin, boolean force, boolean insecure) {
    if (!insecure && !Bringup.isSecureBoot()) {
      throw MosException.refused(
          "secure boot is off: what is sealed now could be had by anything that boots; enroll the"
              + " keys in the firmware and switch it on");
    }
    SealPolicies luks = MachineKeys.policies(policies);
    SealPolicies administration = MachineKeys.policies(admin);
    Bytes certificate = Bytes.copyOf(read(sudi.resolve("cert.pem")));
    try (KeyVault vault = plugins.keyVault().open();
        Secret key = Secret.takeOver(read(sudi.resolve("privkey.pem")));
        Secret fresh = freshKey()) {
      MachineKeys.refuseOutside(vault);
      if (vault.isProvisioned()) {
        if (!force) {
          throw new MosException(
              ErrorCode.USAGE,
              "this machine is provisioned; --force does it again, and what its disk holds is lost");
        }
        steps.run("remove the old keys", () -> vault.unprovision(administration));
      }
      Provisioning content =
          new Provisioning(
              luks.authority(),
              administration.authority(),
              certificate,
              key,
              fresh,
              Math.max(1, luks.minimumVersion()));
      steps.run("seal new keys", () -> vault.provision(content));
    }
  }

  private static Secret freshKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Secret.takeOver(key);
  }

  private static byte[] read(Path file) {
    try {
      if (Files.notExists(file)) {
        throw MosException.notFound(
            file + ": is missing; mosb sudi add makes a machine's key and certificate");
      }
      if (Files.size(file) > MAX_IDENTITY) {
        throw MosException.invalid(file + ": is too large for a key or a certificate");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }
}
