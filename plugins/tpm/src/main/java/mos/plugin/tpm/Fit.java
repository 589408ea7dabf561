package mos.plugin.tpm;

import java.util.ArrayList;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;

/** A policy that fits this boot, and the TPM's word that the machine's authority approved it. */
final class Fit {
  private static final int LONGEST_SIGNATURE = 512;

  private final SealPolicy policy;
  private final byte[] keyName;
  private final byte[] ticket;

  private Fit(SealPolicy policy, byte[] keyName, byte[] ticket) {
    this.policy = policy;
    this.keyName = keyName;
    this.ticket = ticket;
  }

  /**
   * Looks for one.
   *
   * @param sealed what it is to open
   * @param minimum the version that the machine asks for
   * @throws MosException REFUSED when there is none, saying what differs
   */
  static Fit find(Tpm tpm, SealPolicies policies, NvIndex sealed, int minimum) {
    if (sealed.has(NvIndex.READLOCKED)) {
      throw MosException.refused("the TPM's secrets are locked until the next reset");
    }
    Digest pcr7 = tpm.pcrRead(Seal.PCR);
    List<SignedSealPolicy> candidates = new ArrayList<>();
    for (SignedSealPolicy signed : policies.policies()) {
      if (signed.policy().pcr7().equals(pcr7)) {
        candidates.add(signed);
      }
    }
    if (candidates.isEmpty()) {
      throw MosException.refused(
          "the TPM's secrets stay closed: this UKI has no policy for PCR 7 = "
              + pcr7
              + ": secure boot is off, other keys are enrolled, another key signed what was started,"
              + " or the secrets are locked until the next reset");
    }
    if (Integer.compareUnsigned(policies.version(), minimum) < 0) {
      throw MosException.refused(
          "the TPM's secrets stay closed: version "
              + policies.version()
              + " of this UKI is older than the machine's minimum version "
              + Integer.toUnsignedString(minimum));
    }
    AuthorityKey authority = AuthorityKey.of("authority", policies.authority());
    if (!sealed.isOpenedBy(Seal.authorizedBy(authority.name()))) {
      throw MosException.refused(
          "the TPM's secrets stay closed: the policy authority of this UKI is not this machine's");
    }
    Entity key = tpm.loadExternal(authority);
    try {
      for (SignedSealPolicy signed : candidates) {
        if (signed.signature().size() <= LONGEST_SIGNATURE) {
          try {
            byte[] digest = Crypto.sha256(Seal.approvable(signed.policy()));
            byte[] ticket = tpm.verifySignature(key, digest, signed.signature().toArray());
            return new Fit(signed.policy(), authority.name(), ticket);
          } catch (TpmException e) {
            if (!isBadSignature(e)) {
              throw e;
            }
          }
        }
      }
    } finally {
      tpm.flush(key);
    }
    throw MosException.refused(
        "the TPM's secrets stay closed: the approval of this UKI's policy for PCR 7 = "
            + pcr7
            + " does not verify");
  }

  private static boolean isBadSignature(TpmException e) {
    return e.kind() == ResponseCode.SIGNATURE
        || e.kind() == ResponseCode.SIZE
        || e.kind() == ResponseCode.VALUE;
  }

  /**
   * Shows it to the TPM; the session then opens one command.
   *
   * @throws MosException REFUSED when the TPM finds that it does not fit after all
   */
  void show(Tpm tpm, Session session) {
    try {
      tpm.policyPcr(session, Seal.PCR, policy.pcr7());
      tpm.policyNv(
          session, Seal.version().written(), Crypto.bigEndian(policy.version()), Seal.AT_MOST);
      tpm.policyAuthorize(session, Seal.approved(policy), keyName, ticket);
    } catch (TpmException e) {
      throw switch (e.kind()) {
        case ResponseCode.VALUE, ResponseCode.POLICY, ResponseCode.PCR_CHANGED ->
            new MosException(
                ErrorCode.REFUSED, "the TPM's secrets stay closed: " + e.getMessage(), e);
        default -> e;
      };
    }
  }
}
