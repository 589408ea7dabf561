package mos.plugin.tpm;

/** Something in the TPM that a handle stands for, with the Name that authorizations include. */
final class Entity {
  /** The owner hierarchy. */
  static final Entity OWNER = new Entity(0x40000001);

  /** Nothing. */
  static final Entity NULL = new Entity(0x40000007);

  private final int handle;
  private final byte[] name;

  /** One whose handle is its Name: a hierarchy, a PCR, a session. */
  Entity(int handle) {
    this(handle, Crypto.bigEndian(handle));
  }

  Entity(int handle, byte[] name) {
    this.handle = handle;
    this.name = name;
  }

  int handle() {
    return handle;
  }

  byte[] name() {
    return name.clone();
  }
}
