package mos.plugin.tpm;

import java.util.Arrays;

/**
 * The TPM's key that the salts of sessions are encrypted to: an RSA storage key of the owner,
 * created when the machine is provisioned and kept in the TPM. Who listens on the bus learns
 * nothing; that the key is the TPM's own is not checked, so that somebody who answers in its place
 * can open the sessions.
 */
final class SaltKey {
  /** Where it is kept: in the owner's range, far from the handles that others use. */
  static final int HANDLE = 0x81001500;

  private static final int BITS = 2048;
  private static final int AES = 0x0006;
  private static final int CFB = 0x0043;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt. */
  private static final int ATTRIBUTES = 0x00030472;

  private final byte[] modulus;
  private final Entity entity;

  private SaltKey(byte[] modulus, Entity entity) {
    this.modulus = modulus;
    this.entity = entity;
  }

  /** What creates it: the storage key of the TCG's provisioning guidance. */
  static byte[] template() {
    return head().sized(new byte[BITS / 8]).toArray();
  }

  /** The one that the TPM keeps. */
  static SaltKey read(Tpm tpm) {
    Unmarshaller area = tpm.readPublic(HANDLE);
    byte[] expected = head().toArray();
    if (!Arrays.equals(area.raw(expected.length), expected)) {
      throw area.malformed("a key that mos did not create");
    }
    byte[] modulus = area.sized();
    area.end();
    if (modulus.length != BITS / 8 || modulus[0] >= 0 || (modulus[modulus.length - 1] & 1) == 0) {
      throw area.malformed("no modulus of an RSA key of " + BITS + " bits");
    }
    return new SaltKey(modulus, new Entity(HANDLE));
  }

  Entity entity() {
    return entity;
  }

  byte[] encrypt(byte[] salt) {
    return Crypto.oaep(modulus, salt);
  }

  private static Marshaller head() {
    return new Marshaller()
        .u16(Tpm.RSA)
        .u16(Tpm.SHA256)
        .u32(ATTRIBUTES)
        .sized(new byte[0])
        .u16(AES)
        .u16(128)
        .u16(CFB)
        .u16(Tpm.NONE)
        .u16(BITS)
        .u32(0);
  }
}
