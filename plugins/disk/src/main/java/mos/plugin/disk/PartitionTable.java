package mos.plugin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;

/** Reads the partition table of a disk: the first, or when that is damaged the second. */
final class PartitionTable {
  private static final int PROTECTIVE = 0xEE;
  private static final int AT_RECORDS = 446;
  private static final int RECORD_SIZE = 16;
  private static final int AT_TYPE = 4;
  private static final int RECORDS = 4;
  private static final int AT_MARK = 510;

  private PartitionTable() {}

  /**
   * The partitions of a disk.
   *
   * @param sectorSize its logical one
   * @return empty when it has no GUID partition table
   * @throws InvalidFieldException when both are damaged
   * @throws IOException when it cannot be read
   */
  static Optional<List<Partition>> read(Path device, int sectorSize) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      long sectors = channel.size() / sectorSize;
      // Like the kernel, which takes no other table for one.
      if (sectors < 4 || !isProtected(read(channel, 0, sectorSize))) {
        return Optional.empty();
      }
      try {
        return Optional.of(read(channel, 1, sectors, sectorSize));
      } catch (InvalidFieldException first) {
        try {
          return Optional.of(read(channel, sectors - 1, sectors, sectorSize));
        } catch (InvalidFieldException second) {
          throw first;
        }
      }
    }
  }

  private static List<Partition> read(FileChannel channel, long self, long sectors, int sectorSize)
      throws IOException {
    GptHeader header = GptHeader.parse(read(channel, self * sectorSize, sectorSize), self, sectors);
    return header.partitions(read(channel, header.table() * sectorSize, header.tableSize()));
  }

  /** Whether the old kind of table says that there is a new one (UEFI 2.10, 5.2.3). */
  static boolean isProtected(byte[] sector) {
    if (sector[AT_MARK] != 0x55 || (sector[AT_MARK + 1] & 0xff) != 0xaa) {
      return false;
    }
    for (int i = 0; i < RECORDS; i++) {
      if ((sector[AT_RECORDS + i * RECORD_SIZE + AT_TYPE] & 0xff) == PROTECTIVE) {
        return true;
      }
    }
    return false;
  }

  private static byte[] read(FileChannel channel, long offset, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new InvalidFieldException("gpt", "the disk ends too early");
      }
    }
    return buffer.array();
  }
}
