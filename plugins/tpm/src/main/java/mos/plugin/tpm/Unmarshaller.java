package mos.plugin.tpm;

import java.util.Arrays;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** Reads what a TPM answered, and believes no size in it. */
final class Unmarshaller {
  private final Command command;
  private final byte[] bytes;
  private int position;

  Unmarshaller(Command command, byte[] bytes) {
    this.command = command;
    this.bytes = bytes;
  }

  int u8() {
    need(1);
    return bytes[position++] & 0xff;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  int u32() {
    return u16() << 16 | u16();
  }

  byte[] raw(int length) {
    need(length);
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /** A TPM2B. */
  byte[] sized() {
    return raw(u16());
  }

  /** Overwrites what it reads from. */
  void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }

  void end() {
    if (position != bytes.length) {
      throw malformed(bytes.length - position + " bytes too many");
    }
  }

  MosException malformed(String why) {
    return new MosException(
        ErrorCode.RESOURCE, "the TPM's answer to " + command.words() + " is malformed: " + why);
  }

  private void need(int length) {
    if (length < 0 || length > bytes.length - position) {
      throw malformed("it ends too early");
    }
  }
}
