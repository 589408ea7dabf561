package mos.spi.unlock;

import mos.spi.model.Digest;

/**
 * What keeps a machine's secrets, open until it is closed: a TPM 2.0. Every failure of the device
 * is a {@link mos.spi.MosException} RESOURCE that names the TPM command and its response code in
 * words. Not safe for several threads.
 */
public interface KeyVault extends AutoCloseable {
  /** Whether it holds a machine's secrets, whole. */
  boolean isProvisioned();

  /**
   * A platform configuration register of the SHA-256 bank.
   *
   * @param index 0 to 23
   */
  Digest pcr(int index);

  /**
   * The lowest version of a UKI that is given the secrets.
   *
   * @throws mos.spi.MosException NOT_FOUND when it is not provisioned
   */
  int minimumVersion();

  /**
   * Puts a machine's secrets under the policies of their authorities. Interrupted, it has either
   * done nothing that counts, and can be run again, or everything: {@link #isProvisioned} tells.
   *
   * @throws mos.spi.MosException USAGE when it is provisioned already, or its owner password is set
   *     by somebody else
   */
  void provision(Provisioning content);

  /**
   * Removes everything that {@link #provision} made.
   *
   * @param admin policies of the administration's authority
   * @throws mos.spi.MosException NOT_FOUND when there is nothing of it; REFUSED when none of the
   *     policies fits this boot; USAGE when somebody else has changed the owner password
   */
  void unprovision(SealPolicies admin);

  /**
   * Gives out the machine's secrets.
   *
   * @param policies what this boot carries
   * @throws mos.spi.MosException NOT_FOUND when it is not provisioned; REFUSED when no policy fits
   *     this boot, saying what differs: PCR 7, the version, the authority or the approval
   */
  UnsealedKeys unseal(SealPolicies policies);

  /**
   * Raises the lowest version to {@code policies.minimumVersion()}; does nothing when it is there
   * already.
   *
   * @throws mos.spi.MosException REFUSED as {@link #unseal}
   */
  void raiseMinimumVersion(SealPolicies policies);

  /**
   * Until the next reset nothing can be unsealed any more: extends PCR 7 and locks the secrets for
   * reading. Called again it does no harm.
   */
  void lockUntilReset();

  @Override
  void close();
}
