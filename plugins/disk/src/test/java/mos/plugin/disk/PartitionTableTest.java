package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import mos.linux.Command;
import mos.spi.InvalidFieldException;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.PartitionRole;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables as sgdisk writes them, into plain files. */
class PartitionTableTest {
  private static final int SECTOR = 512;
  private static final int MIB = 600;
  private static final long LAST = ((long) MIB << 20) / SECTOR - 1;

  @TempDir Path directory;

  private static final int ENDS = 1 << 20;
  private static byte[] head = new byte[ENDS];
  private static byte[] tail = new byte[ENDS];

  @BeforeAll
  static void sgdisk(@TempDir Path once) throws IOException {
    Path file = once.resolve("disk");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength((long) MIB << 20);
      Command.of(
              "gdisk",
              "sgdisk",
              Partitioning.arguments(file, SECTOR, new DiskSizes(64, 65, 66)).toArray())
          .run();
      content.readFully(head);
      content.seek(((long) MIB << 20) - ENDS);
      content.readFully(tail);
    }
  }

  private Path disk() throws IOException {
    Path file = directory.resolve("disk");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.write(head);
      content.seek(((long) MIB << 20) - ENDS);
      content.write(tail);
    }
    return file;
  }

  private static void change(Path file, long at, byte... bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  /** Changes a field of the first header and puts its checksum right. */
  private static void changeHeader(Path file, int at, byte... bytes) throws IOException {
    byte[] header = new byte[SECTOR];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(ByteBuffer.wrap(header), SECTOR);
    }
    System.arraycopy(bytes, 0, header, at, bytes.length);
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(16, 0);
    CRC32 crc = new CRC32();
    crc.update(header, 0, 92);
    fields.putInt(16, (int) crc.getValue());
    change(file, SECTOR, header);
  }

  private static List<Partition> read(Path file) throws IOException {
    return PartitionTable.read(file, SECTOR).orElseThrow();
  }

  @Test
  void rolesAreRead() throws IOException {
    List<Partition> table = read(disk());
    assertEquals(
        List.of("esp", "machine-config", "machine-scratch", "machine-store"),
        table.stream().map(Partition::name).toList());
    for (PartitionRole role : PartitionRole.values()) {
      Partition found = DiskFinder.choose(role, table).orElseThrow();
      assertEquals(role.label(), found.name());
      assertEquals(role.type(), found.type());
      assertEquals(0, found.first() % 2048);
    }
    assertEquals(64 << 11, table.getFirst().last() - table.getFirst().first() + 1);
    assertEquals(List.of(1, 2, 3, 4), table.stream().map(Partition::number).toList());
  }

  @Test
  void secondTableCountsWhenTheFirstIsDamaged() throws IOException {
    Path file = disk();
    List<Partition> table = read(file);
    change(file, SECTOR + 20, (byte) 1);
    assertEquals(table, read(file));
    change(file, (LAST - 1) * SECTOR, (byte) 1);
    assertThrows(InvalidFieldException.class, () -> read(file));
  }

  @Test
  void entryThatWasChangedIsNotBelieved() throws IOException {
    Path file = disk();
    List<Partition> table = read(file);
    change(file, 2 * SECTOR + 33, (byte) 0x77);
    assertEquals(table, read(file));
    change(file, LAST * SECTOR, new byte[SECTOR]);
    InvalidFieldException e = assertThrows(InvalidFieldException.class, () -> read(file));
    assertEquals("gpt.partition_entry_array_crc32", e.field());
  }

  @Test
  void diskWithoutATableHasNone() throws IOException {
    Path file = Files.write(directory.resolve("empty"), new byte[1 << 20]);
    assertEquals(Optional.empty(), PartitionTable.read(file, SECTOR));
    assertEquals(
        Optional.empty(),
        PartitionTable.read(Files.write(directory.resolve("tiny"), new byte[100]), SECTOR));
  }

  @Test
  void tableThatTheKernelWouldNotSeeIsNone() throws IOException {
    Path file = disk();
    change(file, 450, (byte) 0x83);
    assertEquals(Optional.empty(), PartitionTable.read(file, SECTOR));
  }

  @ParameterizedTest
  @CsvSource({
    "12, 91, gpt.header_size",
    "24, 2, gpt.my_lba",
    "40, 0, gpt.last_usable_lba",
    "51, 127, gpt.last_usable_lba",
    "72, 1, gpt.partition_entry_lba",
    "79, 127, gpt.partition_entry_lba",
    "79, -128, gpt.partition_entry_lba",
    "83, 127, gpt.entries",
    "83, -128, gpt.entries",
    "84, 0, gpt.entry_size",
    "84, -127, gpt.entry_size",
    "87, 127, gpt.entry_size",
  })
  void headerWithNonsenseIsRefused(int at, byte value, String field) throws IOException {
    Path file = disk();
    change(file, LAST * SECTOR, new byte[SECTOR]);
    changeHeader(file, at, value);
    InvalidFieldException e = assertThrows(InvalidFieldException.class, () -> read(file));
    assertEquals(field, e.field());
  }

  @Test
  void overlappingPartitionsAreRefused() throws IOException {
    Path file = disk();
    byte[] table = new byte[128 * 128];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(ByteBuffer.wrap(table), 2 * SECTOR);
    }
    System.arraycopy(table, 32, table, 128 + 32, 16);
    CRC32 crc = new CRC32();
    crc.update(table);
    change(file, 2 * SECTOR, table);
    change(file, LAST * SECTOR, new byte[SECTOR]);
    changeHeader(
        file,
        88,
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).array());
    InvalidFieldException e = assertThrows(InvalidFieldException.class, () -> read(file));
    assertEquals("gpt.partition[2]", e.field());
    assertTrue(e.getMessage().contains("on another one"), e.getMessage());
  }

  @Test
  void systemPartitionIsFoundByItsNameAmongSeveral() {
    Partition first = new Partition(1, PartitionRole.ESP.type(), id(1), 1, 1, "EFI system");
    Partition efi = new Partition(2, PartitionRole.ESP.type(), id(2), 2, 2, "efi");
    Partition store = new Partition(3, PartitionRole.STORE.type(), id(3), 3, 3, "x");
    assertEquals(
        Optional.of(efi), DiskFinder.choose(PartitionRole.ESP, List.of(first, efi, store)));
    assertEquals(Optional.of(first), DiskFinder.choose(PartitionRole.ESP, List.of(first, store)));
    assertEquals(Optional.of(store), DiskFinder.choose(PartitionRole.STORE, List.of(first, store)));
    assertEquals(Optional.empty(), DiskFinder.choose(PartitionRole.CONFIG, List.of(first, store)));
  }

  private static java.util.UUID id(int n) {
    return new java.util.UUID(0, n);
  }
}
