package mos.plugin.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/** The parsers of partition tables and of the loader's configuration, for fuzzing. */
public final class DiskParsers {
  private static final int SECTOR = 512;
  private static final long SECTORS = 1 << 21;
  private static final int AT_CRC = 16;
  private static final int AT_TABLE_CRC = 88;

  private DiskParsers() {}

  /**
   * A header's sector and a table, with the checksums put right. What is accepted lies on the disk.
   */
  public static void partitionTable(byte[] input) {
    byte[] sector = Arrays.copyOf(input, SECTOR);
    byte[] rest = Arrays.copyOfRange(input, Math.min(SECTOR, input.length), input.length);
    ByteBuffer fields = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    // Of the size that the header wants, as it is read from a disk.
    long size = (long) fields.getInt(80) * fields.getInt(84);
    byte[] table = Arrays.copyOf(rest, size < 0 || size > 4 << 20 ? 0 : (int) size);
    fields.putInt(AT_TABLE_CRC, crc(table));
    fields.putInt(AT_CRC, 0);
    fields.putInt(AT_CRC, crc(Arrays.copyOf(sector, Math.clamp(fields.getInt(12), 0, SECTOR))));
    GptHeader header = GptHeader.parse(sector, 1, SECTORS);
    List<Partition> partitions = header.partitions(table);
    for (Partition partition : partitions) {
      if (partition.first() < 2
          || partition.last() < partition.first()
          || partition.last() >= SECTORS) {
        throw new AssertionError(partition + " is not on the disk");
      }
    }
  }

  /** What was selected is what is read, and selecting again changes nothing. */
  public static void loaderConf(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    LoaderConf.selected(text);
    String selected = LoaderConf.select(text, "1.2");
    if (!LoaderConf.selected(selected).equals(Optional.of("1.2"))
        || !LoaderConf.select(selected, "1.2").equals(selected)) {
      throw new AssertionError("selects " + LoaderConf.selected(selected));
    }
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
