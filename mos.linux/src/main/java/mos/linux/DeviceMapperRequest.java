package mos.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a device-mapper call takes and gives back: struct dm_ioctl and what follows it
 * (linux/dm-ioctl.h, version 4). The kernel answers into the same bytes.
 */
final class DeviceMapperRequest {
  /** Bytes of struct dm_ioctl. */
  static final int HEADER = 312;

  /** The table is read-only. */
  static final int READ_ONLY = 1;

  /** The table is wanted, not the status. */
  static final int STATUS_TABLE = 1 << 4;

  /** The device is to go when its last user closes it. */
  static final int DEFERRED_REMOVE = 1 << 17;

  private static final int SPEC = 40;
  private static final int SIZE = 16 << 10;
  private static final int VERSION = 4;
  private static final int AT_VERSION = 0;
  private static final int AT_DATA_SIZE = 12;
  private static final int AT_DATA_START = 16;
  private static final int AT_TARGET_COUNT = 20;
  private static final int AT_FLAGS = 28;
  private static final int AT_DEV = 40;
  private static final int AT_NAME = 48;
  private static final int NAME_SIZE = 128;
  private static final int SPEC_LENGTH = HEADER + 8;
  private static final int SPEC_TYPE = HEADER + 24;
  private static final int SPEC_TYPE_SIZE = 16;

  private final byte[] bytes = new byte[SIZE];
  private final ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());

  /** A call about a device, or about a target, without anything behind the header. */
  DeviceMapperRequest(String name, int flags) {
    fields.putInt(AT_VERSION, VERSION);
    fields.putInt(AT_DATA_SIZE, SIZE);
    fields.putInt(AT_DATA_START, HEADER);
    fields.putInt(AT_FLAGS, flags);
    fields.put(AT_NAME, text(name, NAME_SIZE));
  }

  /** Adds a table of one target from the first sector on. */
  DeviceMapperRequest table(long sectors, String target, String parameters) {
    byte[] words = text(parameters, SIZE - HEADER - SPEC);
    fields.putInt(AT_TARGET_COUNT, 1);
    fields.putLong(SPEC_LENGTH, sectors);
    fields.put(SPEC_TYPE, text(target, SPEC_TYPE_SIZE));
    fields.put(HEADER + SPEC, words);
    return this;
  }

  /** Encodes a word, which must leave room for the zero that ends it. */
  private static byte[] text(String word, int room) {
    byte[] text = word.getBytes(StandardCharsets.US_ASCII);
    if (text.length >= room) {
      throw new IllegalArgumentException(
          "device-mapper takes at most " + (room - 1) + " bytes here: " + word);
    }
    return text;
  }

  /** The number of the call. */
  static long number(int command) {
    // _IOWR(0xfd, command, struct dm_ioctl)
    return 0xC000FD00L | ((long) HEADER << 16) | command;
  }

  /** The bytes that the kernel reads and writes. */
  byte[] bytes() {
    return bytes;
  }

  /** The minor number of the device that the kernel answered about. */
  long minor() {
    long dev = fields.getLong(AT_DEV);
    return (dev & 0xff) | ((dev >> 12) & 0xfff00);
  }

  /** What the kernel answered about the first target; empty when no table is active. */
  String parameters() {
    if (fields.getInt(AT_TARGET_COUNT) == 0) {
      return "";
    }
    int start = fields.getInt(AT_DATA_START) + SPEC;
    int end = start;
    while (end < SIZE && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.US_ASCII);
  }
}
