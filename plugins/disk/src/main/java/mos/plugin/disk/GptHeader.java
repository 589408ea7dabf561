package mos.plugin.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import mos.spi.InvalidFieldException;

/**
 * The header of a GUID partition table (UEFI 2.10, 5.3.2), first or second.
 *
 * @param disk the disk's unique id
 * @param firstUsable the first sector that a partition may have
 * @param lastUsable the last
 * @param table the sector where the table begins
 * @param entries how many entries it has
 * @param entrySize bytes of each
 * @param tableCrc the CRC-32 of the table
 */
record GptHeader(
    UUID disk,
    long firstUsable,
    long lastUsable,
    long table,
    int entries,
    int entrySize,
    int tableCrc) {
  /** Bytes of a header that are of interest. */
  static final int SIZE = 92;

  /** The most entries that we look at; everybody makes 128. */
  static final int MOST_ENTRIES = 1024;

  private static final long SIGNATURE = 0x5452415020494645L; // "EFI PART"
  private static final int AT_HEADER_SIZE = 12;
  private static final int AT_CRC = 16;
  private static final int AT_SELF = 24;
  private static final int AT_FIRST_USABLE = 40;
  private static final int AT_LAST_USABLE = 48;
  private static final int AT_DISK = 56;
  private static final int AT_TABLE = 72;
  private static final int AT_ENTRIES = 80;
  private static final int AT_ENTRY_SIZE = 84;
  private static final int AT_TABLE_CRC = 88;
  private static final int SMALLEST_ENTRY = 128;
  private static final int LARGEST_ENTRY = 4096;
  private static final int ENTRY_ID = 16;
  private static final int ENTRY_FIRST = 32;
  private static final int ENTRY_LAST = 40;
  private static final int ENTRY_NAME = 56;
  private static final int NAME_SIZE = 72;
  private static final UUID UNUSED = new UUID(0, 0);

  /**
   * Reads a header.
   *
   * @param sector its whole sector
   * @param self the sector's number
   * @param sectors how many the disk has
   * @throws InvalidFieldException naming the field that is wrong
   */
  static GptHeader parse(byte[] sector, long self, long sectors) {
    ByteBuffer fields = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    if (sector.length < SIZE || fields.getLong(0) != SIGNATURE) {
      throw new InvalidFieldException("gpt", "no partition table");
    }
    int size = fields.getInt(AT_HEADER_SIZE);
    if (size < SIZE || size > sector.length) {
      throw new InvalidFieldException("gpt.header_size", "cannot be " + size);
    }
    if (fields.getInt(AT_CRC) != crc(sector, size)) {
      throw new InvalidFieldException("gpt.header_crc", "does not fit");
    }
    if (fields.getLong(AT_SELF) != self) {
      throw new InvalidFieldException("gpt.my_lba", "must be " + self);
    }
    GptHeader header =
        new GptHeader(
            uuid(fields, AT_DISK),
            fields.getLong(AT_FIRST_USABLE),
            fields.getLong(AT_LAST_USABLE),
            fields.getLong(AT_TABLE),
            fields.getInt(AT_ENTRIES),
            fields.getInt(AT_ENTRY_SIZE),
            fields.getInt(AT_TABLE_CRC));
    header.check(sector.length, sectors);
    return header;
  }

  private void check(int sectorSize, long sectors) {
    if (entries < 1 || entries > MOST_ENTRIES) {
      throw new InvalidFieldException("gpt.entries", "must be 1 to " + MOST_ENTRIES);
    }
    if (entrySize < SMALLEST_ENTRY
        || entrySize > LARGEST_ENTRY
        || Integer.bitCount(entrySize) != 1) {
      throw new InvalidFieldException("gpt.entry_size", "cannot be " + entrySize);
    }
    if (firstUsable < 2 || lastUsable < firstUsable || lastUsable >= sectors) {
      throw new InvalidFieldException(
          "gpt.last_usable_lba", "sectors " + firstUsable + " to " + lastUsable + " are no range");
    }
    long tableSectors = Math.ceilDiv((long) tableSize(), (long) sectorSize);
    if (table < 2 || table > sectors - tableSectors) {
      throw new InvalidFieldException("gpt.partition_entry_lba", "cannot be " + table);
    }
  }

  /** Bytes of the table. */
  int tableSize() {
    return entries * entrySize;
  }

  /**
   * Reads the table.
   *
   * @param bytes {@link #tableSize} bytes
   * @throws InvalidFieldException when it is damaged, or partitions lie outside or overlap
   */
  List<Partition> partitions(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, tableSize());
    if ((int) crc.getValue() != tableCrc) {
      throw new InvalidFieldException("gpt.partition_entry_array_crc32", "does not fit");
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      int at = i * entrySize;
      UUID type = uuid(fields, at);
      if (!type.equals(UNUSED)) {
        partitions.add(
            new Partition(
                i + 1,
                type,
                uuid(fields, at + ENTRY_ID),
                fields.getLong(at + ENTRY_FIRST),
                fields.getLong(at + ENTRY_LAST),
                name(bytes, at + ENTRY_NAME)));
      }
    }
    checkPlaces(partitions);
    return List.copyOf(partitions);
  }

  private void checkPlaces(List<Partition> partitions) {
    List<Partition> inOrder =
        partitions.stream().sorted(Comparator.comparingLong(Partition::first)).toList();
    long free = firstUsable;
    for (Partition partition : inOrder) {
      if (partition.first() < free
          || partition.last() < partition.first()
          || partition.last() > lastUsable) {
        throw new InvalidFieldException(
            "gpt.partition[" + partition.number() + "]", "lies outside, or on another one");
      }
      free = partition.last() + 1;
    }
  }

  private static String name(byte[] bytes, int at) {
    String name = new String(bytes, at, NAME_SIZE, StandardCharsets.UTF_16LE);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }

  private static int crc(byte[] sector, int size) {
    CRC32 crc = new CRC32();
    crc.update(sector, 0, AT_CRC);
    crc.update(new byte[Integer.BYTES]);
    crc.update(sector, AT_CRC + Integer.BYTES, size - AT_CRC - Integer.BYTES);
    return (int) crc.getValue();
  }

  /** The first three fields of a GUID are little-endian (UEFI 2.10, appendix A). */
  private static UUID uuid(ByteBuffer fields, int at) {
    long high =
        (Integer.toUnsignedLong(fields.getInt(at)) << 32)
            | (Short.toUnsignedLong(fields.getShort(at + 4)) << 16)
            | Short.toUnsignedLong(fields.getShort(at + 6));
    return new UUID(high, Long.reverseBytes(fields.getLong(at + 8)));
  }
}
