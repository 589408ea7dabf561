package mos.spi.unlock;

import mos.spi.InvalidFieldException;
import mos.spi.model.Digest;

/**
 * Which boots may open what a machine's TPM seals: those whose PCR 7 (SHA-256 bank) is this, as
 * long as the version index of the TPM holds no more than this version.
 *
 * @param pcr7 secure boot state, enrolled keys and the signer of what was started (TCG PC Client
 *     Platform Firmware Profile 1.06, 3.3.4.8)
 * @param version of the UKI, 1 or more
 */
public record SealPolicy(Digest pcr7, int version) {
  /** Checks the version. */
  public SealPolicy {
    if (version < 1) {
      throw new InvalidFieldException("version", "must be 1 or more, is " + version);
    }
  }
}
