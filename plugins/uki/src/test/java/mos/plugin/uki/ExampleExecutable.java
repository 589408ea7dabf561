package mos.plugin.uki;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small executable for UEFI, which does nothing, with the sections that a test wants. */
final class ExampleExecutable {
  private static final int PE = 0x80;
  private static final int OPTIONAL = PE + 24;
  private static final int TABLE = OPTIONAL + 112 + 16 * 8;
  private static final int HEADERS = 0x400;
  private static final int FILE = 0x200;
  private static final int MEMORY = 0x1000;

  private ExampleExecutable() {}

  /** A UKI with these contents. */
  static byte[] uki(byte[] linux, byte[] initrd, String commandLine) {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    sections.put(".text", new byte[] {(byte) 0xc3});
    sections.put(".osrel", "ID=mos\n".getBytes(StandardCharsets.US_ASCII));
    sections.put(".cmdline", commandLine.getBytes(StandardCharsets.US_ASCII));
    sections.put(".uname", "6.12".getBytes(StandardCharsets.US_ASCII));
    sections.put(".linux", linux);
    sections.put(".initrd", initrd);
    return of(sections);
  }

  /** An executable with these sections; the first one has the entry point. */
  static byte[] of(Map<String, byte[]> sections) {
    int size = HEADERS;
    for (byte[] content : sections.values()) {
      size += align(content.length, FILE);
    }
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.putShort(0, (short) 0x5a4d).putInt(60, PE).putInt(PE, 0x4550);
    file.putShort(PE + 4, (short) 0x8664).putShort(PE + 6, (short) sections.size());
    file.putShort(PE + 20, (short) (112 + 16 * 8)).putShort(PE + 22, (short) 0x22e);
    file.putShort(OPTIONAL, (short) 0x20b).putInt(OPTIONAL + 16, MEMORY);
    file.putInt(OPTIONAL + 32, MEMORY).putInt(OPTIONAL + 36, FILE);
    file.putInt(OPTIONAL + 60, HEADERS).putShort(OPTIONAL + 68, (short) 10);
    file.putInt(OPTIONAL + 108, 16);
    int header = TABLE;
    int at = HEADERS;
    int address = MEMORY;
    for (Map.Entry<String, byte[]> section : sections.entrySet()) {
      byte[] content = section.getValue();
      file.put(header, section.getKey().getBytes(StandardCharsets.US_ASCII));
      file.putInt(header + 8, content.length).putInt(header + 12, address);
      file.putInt(header + 16, align(content.length, FILE)).putInt(header + 20, at);
      file.putInt(header + 36, 0x40000040);
      file.put(at, content);
      header += 40;
      at += align(content.length, FILE);
      address += align(content.length, MEMORY);
    }
    file.putInt(OPTIONAL + 56, address);
    return file.array();
  }

  private static int align(int value, int alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
