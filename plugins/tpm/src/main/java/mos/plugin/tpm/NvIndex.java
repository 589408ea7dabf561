package mos.plugin.tpm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The public area of an NV index (Part 2, 13.6 TPMS_NV_PUBLIC), with names of SHA-256. */
final class NvIndex {
  static final int OWNERWRITE = 1 << 1;
  static final int POLICYWRITE = 1 << 3;
  static final int AUTHREAD = 1 << 18;
  static final int POLICYREAD = 1 << 19;
  static final int NO_DA = 1 << 25;
  static final int READLOCKED = 1 << 28;
  static final int WRITTEN = 1 << 29;
  static final int READ_STCLEAR = 1 << 31;

  private final int handle;
  private final int attributes;
  private final byte[] authPolicy;
  private final int size;

  NvIndex(int handle, int attributes, byte[] authPolicy, int size) {
    this.handle = handle;
    this.attributes = attributes;
    this.authPolicy = authPolicy.clone();
    this.size = size;
  }

  static NvIndex read(Unmarshaller from) {
    int handle = from.u32();
    if (from.u16() != Tpm.SHA256) {
      throw from.malformed("an index that mos did not define");
    }
    NvIndex index = new NvIndex(handle, from.u32(), from.sized(), from.u16());
    from.end();
    return index;
  }

  byte[] marshalled() {
    return new Marshaller()
        .u32(handle)
        .u16(Tpm.SHA256)
        .u32(attributes)
        .sized(authPolicy)
        .u16(size)
        .toArray();
  }

  int handle() {
    return handle;
  }

  int size() {
    return size;
  }

  boolean has(int attribute) {
    return (attributes & attribute) != 0;
  }

  /** It, once it has been written for the first time. */
  NvIndex written() {
    return new NvIndex(handle, attributes | WRITTEN, authPolicy, size);
  }

  /** Whether it is opened by that policy. */
  boolean isOpenedBy(byte[] policy) {
    return Arrays.equals(authPolicy, policy);
  }

  /** What authorizations include of it (Part 1, 16). */
  byte[] name() {
    return new Marshaller().u16(Tpm.SHA256).raw(Crypto.sha256(marshalled())).toArray();
  }

  Entity entity() {
    return new Entity(handle, name());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NvIndex that && Arrays.equals(marshalled(), that.marshalled());
  }

  @Override
  public int hashCode() {
    return handle;
  }
}
