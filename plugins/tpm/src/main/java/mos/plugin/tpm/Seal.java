package mos.plugin.tpm;

import java.util.HexFormat;
import mos.spi.unlock.SealPolicy;

/**
 * The digests of the policies, computed without a TPM: PolicyPCR and PolicyNV, which an authority
 * approves, and the PolicyAuthorize that stands in what is sealed (Part 3, 23.7, 23.9, 23.16).
 */
final class Seal {
  /** The register. */
  static final int PCR = 7;

  /** TPM_EO_UNSIGNED_LE: what the index holds is no more than the operand. */
  static final int AT_MOST = 9;

  private static final byte[] NO_REFERENCE = new byte[0];

  private static final NvIndex GATE = Layout.readable(Layout.VERSION_GATE, 1);

  /**
   * The version index. It is part of every policy by its Name, which is therefore the same on all
   * machines: its own policy names the gate, whose Name says nothing of its authorization value. It
   * cannot have an attribute that changes its Name in use, such as one of locking.
   */
  private static final NvIndex VERSION =
      new NvIndex(
          Layout.VERSION,
          NvIndex.OWNERWRITE | NvIndex.POLICYWRITE | NvIndex.AUTHREAD | NvIndex.NO_DA,
          afterReference(
              step(new byte[Crypto.DIGEST_SIZE], Command.POLICY_SECRET, GATE.name()), NO_REFERENCE),
          4);

  private Seal() {}

  /**
   * The index that is never written, and whose authorization value opens the version to writing.
   */
  static NvIndex gate() {
    return GATE;
  }

  /** The version index before its first write. */
  static NvIndex version() {
    return VERSION;
  }

  /** The digest of a session in which a boot has shown that it fits. */
  static byte[] approved(SealPolicy policy) {
    byte[] registers = Crypto.sha256(HexFormat.of().parseHex(policy.pcr7().hex()));
    byte[] afterPcr =
        step(
            new byte[Crypto.DIGEST_SIZE],
            Command.POLICY_PCR,
            Crypto.join(Tpm.selection(PCR), registers));
    byte[] comparison =
        Crypto.sha256(
            new Marshaller().raw(Crypto.bigEndian(policy.version())).u16(0).u16(AT_MOST).toArray());
    return step(afterPcr, Command.POLICY_NV, Crypto.join(comparison, VERSION.written().name()));
  }

  /** What an authority signs: the digest and an empty policyRef. */
  static byte[] approvable(SealPolicy policy) {
    return Crypto.join(approved(policy), NO_REFERENCE);
  }

  /** The policy of what any policy opens that the authority approved. */
  static byte[] authorizedBy(byte[] keyName) {
    return afterReference(
        step(new byte[Crypto.DIGEST_SIZE], Command.POLICY_AUTHORIZE, keyName), NO_REFERENCE);
  }

  private static byte[] step(byte[] digest, Command command, byte[] arguments) {
    return Crypto.sha256(digest, Crypto.bigEndian(command.code()), arguments);
  }

  private static byte[] afterReference(byte[] digest, byte[] reference) {
    return Crypto.sha256(digest, reference);
  }
}
