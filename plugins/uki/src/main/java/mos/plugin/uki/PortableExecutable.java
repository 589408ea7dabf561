package mos.plugin.uki;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;

/**
 * The headers of an executable for 64-bit UEFI (Microsoft PE Format, PE32+). Sections lie one
 * behind the other without gaps, as every linker writes them: with gaps, firmware and signing tools
 * disagree about what is signed.
 *
 * @param peOffset where the PE signature lies
 * @param headersSize the size of all headers, in bytes
 * @param fileAlignment sections begin at multiples of it in the file
 * @param sectionAlignment sections begin at multiples of it in memory
 * @param sections in the order of their headers, which is also that of the file and of memory
 * @param signatures where the signatures lie, with their size; empty when there are none
 */
record PortableExecutable(
    int peOffset,
    int headersSize,
    int fileAlignment,
    int sectionAlignment,
    List<Section> sections,
    Optional<Extent> signatures) {
  /** As many bytes of a file as its headers can need. */
  static final int MAX_HEADERS = 64 << 10;

  private static final int DOS_HEADER = 64;
  private static final int FILE_HEADER = 24;
  private static final int OPTIONAL_HEADER = 112;
  private static final int SECTION_HEADER = 40;
  private static final int DIRECTORY = 8;
  private static final int SECURITY = 4;
  private static final int MAX_SECTIONS = 96;
  private static final int MAX_ALIGNMENT = 1 << 21;

  /**
   * A part of a file.
   *
   * @param offset where it begins
   * @param size in bytes
   */
  record Extent(long offset, long size) {
    long end() {
      return offset + size;
    }
  }

  /**
   * A section.
   *
   * @param name such as {@code .linux}
   * @param header where its header lies in the file
   * @param virtualAddress where it lies in memory
   * @param virtualSize how much memory it takes
   * @param raw where it lies in the file, padding included
   */
  record Section(String name, int header, long virtualAddress, long virtualSize, Extent raw) {
    /** Where its content lies in the file: without padding, and without what is zero in memory. */
    Extent content() {
      return new Extent(raw.offset(), Math.min(virtualSize, raw.size()));
    }
  }

  /** Copies the list. */
  PortableExecutable {
    sections = List.copyOf(sections);
  }

  /**
   * Reads headers.
   *
   * @param start the first {@link #MAX_HEADERS} bytes of the file, or all when it is shorter
   * @param fileSize the size of the file
   * @throws MosException INVALID when these are not the headers of such a file
   */
  static PortableExecutable parse(byte[] start, long fileSize) {
    ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    check(start.length >= DOS_HEADER && bytes.getShort(0) == 0x5a4d, "has no MZ header");
    int pe = bytes.getInt(60);
    check(
        pe >= DOS_HEADER && pe <= start.length - FILE_HEADER - OPTIONAL_HEADER,
        "has no place for a PE header");
    check(bytes.getInt(pe) == 0x4550, "has no PE header");
    int optional = pe + FILE_HEADER;
    check(bytes.getShort(optional) == 0x20b, "is not for 64 bits");
    int count = Short.toUnsignedInt(bytes.getShort(pe + 6));
    int table = optional + Short.toUnsignedInt(bytes.getShort(pe + 20));
    int headers = bytes.getInt(optional + 60);
    check(count > 0 && count <= MAX_SECTIONS, "has " + count + " sections");
    check(
        headers >= table + count * SECTION_HEADER && headers <= start.length,
        "has sections beyond its headers");
    long directories = Integer.toUnsignedLong(bytes.getInt(optional + 108));
    check(
        directories > SECURITY && optional + OPTIONAL_HEADER + directories * DIRECTORY <= table,
        "has no place for signatures");
    int sectionAlignment = alignment(bytes.getInt(optional + 32));
    int fileAlignment = alignment(bytes.getInt(optional + 36));

    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sections.add(section(bytes, table + i * SECTION_HEADER));
    }
    long end = checkOrder(sections, headers);
    check(end <= fileSize, "is cut off");
    int directory = optional + OPTIONAL_HEADER + SECURITY * DIRECTORY;
    Extent signatures = extent(bytes, directory);
    check(
        signatures.size() == 0 || (signatures.offset() >= end && signatures.end() == fileSize),
        "has signatures that are not at its end");
    return new PortableExecutable(
        pe,
        headers,
        fileAlignment,
        sectionAlignment,
        sections,
        Optional.of(signatures).filter(extent -> extent.size() > 0));
  }

  /** The section of a name, if there is one. */
  Optional<Section> section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst();
  }

  /** Where the checksum lies. */
  int checksum() {
    return peOffset + FILE_HEADER + 64;
  }

  /** Where the size of the data sections lies. */
  int dataSize() {
    return peOffset + FILE_HEADER + 8;
  }

  /** Where the size of the executable in memory lies. */
  int imageSize() {
    return peOffset + FILE_HEADER + 56;
  }

  /** Where the place of the signatures lies. */
  int security() {
    return peOffset + FILE_HEADER + OPTIONAL_HEADER + SECURITY * DIRECTORY;
  }

  /**
   * Whether code or the loader of executables may point at what lies in memory from an address on.
   *
   * @param start the file's first bytes
   */
  boolean pointsBehind(byte[] start, long address) {
    ByteBuffer bytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int optional = peOffset + FILE_HEADER;
    long furthest = Integer.toUnsignedLong(bytes.getInt(optional + 16));
    int directories = bytes.getInt(optional + 108);
    for (int i = 0; i < directories; i++) {
      Extent extent = extent(bytes, optional + OPTIONAL_HEADER + i * DIRECTORY);
      if (i != SECURITY && extent.size() > 0) {
        furthest = Math.max(furthest, extent.end() - 1);
      }
    }
    return furthest >= address;
  }

  private static Section section(ByteBuffer bytes, int header) {
    byte[] name = new byte[8];
    bytes.get(header, name);
    long size = Integer.toUnsignedLong(bytes.getInt(header + 16));
    // Without content, where it lies means nothing.
    long offset = size == 0 ? 0 : Integer.toUnsignedLong(bytes.getInt(header + 20));
    return new Section(
        new String(name, StandardCharsets.ISO_8859_1).replaceAll("\0+$", ""),
        header,
        Integer.toUnsignedLong(bytes.getInt(header + 12)),
        Integer.toUnsignedLong(bytes.getInt(header + 8)),
        new Extent(offset, size));
  }

  private static Extent extent(ByteBuffer bytes, int directory) {
    return new Extent(
        Integer.toUnsignedLong(bytes.getInt(directory)),
        Integer.toUnsignedLong(bytes.getInt(directory + 4)));
  }

  /** Where the last section ends. */
  private static long checkOrder(List<Section> sections, int headers) {
    long file = headers;
    long memory = 0;
    for (Section section : sections) {
      check(section.virtualAddress() >= memory, "has sections that overlap in memory");
      memory = section.virtualAddress() + section.virtualSize();
      if (section.raw().size() > 0) {
        check(section.raw().offset() == file, "has a gap between its sections");
        file = section.raw().end();
      }
    }
    return file;
  }

  private static int alignment(int value) {
    check(
        value >= 16 && value <= MAX_ALIGNMENT && Integer.bitCount(value) == 1,
        "has sections at odd places");
    return value;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw MosException.invalid("not an executable for UEFI: " + otherwise);
    }
  }
}
