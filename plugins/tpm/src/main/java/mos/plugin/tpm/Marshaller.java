package mos.plugin.tpm;

import java.util.Arrays;

/** Writes what a TPM reads: big-endian numbers and buffers after their 16-bit size. */
final class Marshaller {
  private byte[] buffer = new byte[512];
  private int size;

  Marshaller u8(int value) {
    room(1)[size++] = (byte) value;
    return this;
  }

  Marshaller u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  Marshaller u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  Marshaller raw(byte[] bytes) {
    System.arraycopy(bytes, 0, room(bytes.length), size, bytes.length);
    size += bytes.length;
    return this;
  }

  /** A TPM2B. */
  Marshaller sized(byte[] bytes) {
    return u16(bytes.length).raw(bytes);
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** Them, leaving nothing behind here. */
  byte[] takeSecret() {
    byte[] bytes = toArray();
    Arrays.fill(buffer, (byte) 0);
    return bytes;
  }

  private byte[] room(int more) {
    if (size + more > buffer.length) {
      byte[] small = buffer;
      buffer = Arrays.copyOf(small, Math.max(2 * small.length, size + more));
      Arrays.fill(small, (byte) 0);
    }
    return buffer;
  }
}
