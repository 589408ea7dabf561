package mos.spi.unlock;

import mos.spi.model.Bytes;

/** Phase unlock: reaches what keeps a machine's secrets. One per program. */
public interface KeyVaultProvider {
  /**
   * Opens this machine's.
   *
   * @throws mos.spi.MosException RESOURCE when it has none or it does not answer
   */
  KeyVault open();

  /**
   * What an authority signs to approve a policy; computed without a TPM.
   *
   * @return the bytes to be signed, RSASSA-PKCS1-v1_5 with SHA-256
   */
  Bytes approvable(SealPolicy policy);
}
