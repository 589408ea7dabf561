package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.formats.SealPoliciesFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.KeyVault;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.UnsealedKeys;

/**
 * Gets a machine's keys once, for a boot that its policies allow, and sees to it that nothing after
 * that gets them: not by chance, and not after a failure either.
 */
final class MachineKeys {
  /** Where a UKI carries the policies of its authority for the LUKS and SUDI keys. */
  static final Path POLICIES = Path.of("/mos/policies.json");

  private static final long MAX_POLICIES = 1 << 20;

  /**
   * What a UKI's stub measures of everything that is not part of the UKI: another command line,
   * credentials, add-ons, extensions (systemd-stub(7), "TPM PCR notes").
   */
  private static final int OUTSIDE = 12;

  private static final Digest UNTOUCHED = new Digest("0".repeat(64));

  private final PluginCatalog plugins;
  private final EventSink events;

  MachineKeys(PluginCatalog plugins, EventSink events) {
    this.plugins = plugins;
    this.events = events;
  }

  /** Policies from a file of the initrd, which the UKI's signature covers. */
  static SealPolicies policies(Path file) {
    try {
      if (Files.notExists(file)) {
        throw MosException.notFound(
            file + ": this initrd carries no policies; start the UKI of a bootkit");
      }
      if (Files.size(file) > MAX_POLICIES) {
        throw MosException.invalid(file + ": is too large for policies");
      }
      return SealPoliciesFormat.parse(Bytes.copyOf(Files.readAllBytes(file)));
    } catch (InvalidFieldException e) {
      throw MosException.invalid(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /**
   * Unseals the keys and locks them until the next reset, also when unsealing fails.
   *
   * @return the keys, the caller's to close
   */
  UnsealedKeys unsealOnce(SealPolicies policies) {
    try (KeyVault vault = plugins.keyVault().open()) {
      UnsealedKeys keys = unsealOnce(vault, policies);
      events.accept(
          new Event.Detail("unsealed; UKI version " + policies.version() + ", now locked"));
      return keys;
    }
  }

  /** The same with an open vault. */
  static UnsealedKeys unsealOnce(KeyVault vault, SealPolicies policies) {
    UnsealedKeys keys;
    try {
      refuseOutside(vault);
      keys = vault.unseal(policies);
    } catch (MosException e) {
      lockAfter(vault, e);
      throw e;
    }
    try {
      vault.raiseMinimumVersion(policies);
      vault.lockUntilReset();
      return keys;
    } catch (MosException e) {
      keys.close();
      lockAfter(vault, e);
      throw e;
    }
  }

  /** Refuses a boot into which something was passed that nobody signed. */
  static void refuseOutside(KeyVault vault) {
    Digest measured = vault.pcr(OUTSIDE);
    if (!measured.equals(UNTOUCHED)) {
      throw MosException.refused(
          "PCR 12 is "
              + measured.hex()
              + ": credentials, add-ons or a command line that are not part of the signed UKI were"
              + " passed to it; remove them from the EFI system partition (*.cred, *.addon.efi)");
    }
  }

  private static void lockAfter(KeyVault vault, MosException failure) {
    try {
      vault.lockUntilReset();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
