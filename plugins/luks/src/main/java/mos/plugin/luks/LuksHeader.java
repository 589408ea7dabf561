package mos.plugin.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import mos.formats.LuksMetadataFormat;
import mos.linux.FileDescriptor;
import mos.linux.MemoryFile;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/**
 * The header of a volume, read once. What cryptsetup gets to see is written anew from the few
 * values that differ between volumes ({@link BinaryHeader}), and from the encrypted key.
 *
 * @param header what it says
 * @param keyslot the volume's key, encrypted
 */
record LuksHeader(BinaryHeader header, Bytes keyslot) {

  /**
   * Reads a device's header: the first, or when that is damaged the second.
   *
   * @throws MosException NOT_FOUND when there is none; REFUSED when it is not one that we make
   */
  static LuksHeader read(Path device) {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      BinaryHeader header = header(device, channel);
      byte[] keyslot =
          read(channel, LuksMetadataFormat.KEYSLOT_OFFSET, LuksMetadataFormat.KEYSLOT_SIZE);
      return new LuksHeader(header, Bytes.copyOf(keyslot));
    } catch (InvalidFieldException e) {
      throw new MosException(
          ErrorCode.REFUSED,
          device + ": its LUKS header is not one that mos makes: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw MosException.io("cannot read " + device, e);
    }
  }

  private static BinaryHeader header(Path device, FileChannel channel) throws IOException {
    boolean isThere = false;
    for (BinaryHeader.Place place : BinaryHeader.Place.values()) {
      byte[] bytes = read(channel, place.offset(), BinaryHeader.SIZE);
      Optional<BinaryHeader> header = BinaryHeader.parse(place, bytes);
      if (header.isPresent()) {
        return header.get();
      }
      isThere |= place.isMagic(bytes);
    }
    if (!isThere) {
      throw MosException.notFound(device + ": holds no LUKS volume");
    }
    throw new InvalidFieldException(
        "",
        "both are damaged, or not LUKS2 with "
            + BinaryHeader.SIZE
            + " bytes and a SHA-256 checksum");
  }

  /** Reads a range; a device that ends before it gives zeros. */
  private static byte[] read(FileChannel channel, long offset, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.array();
  }

  /** A header for cryptsetup, in memory. */
  FileDescriptor copy() {
    FileDescriptor file = MemoryFile.create("luks-header");
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      for (BinaryHeader.Place place : BinaryHeader.Place.values()) {
        write(channel, place.offset(), header.toArray(place));
      }
      write(channel, LuksMetadataFormat.KEYSLOT_OFFSET, keyslot.toArray());
      // cryptsetup wants to see the whole area; nothing else in it is used.
      write(channel, LuksMetadataFormat.DATA_OFFSET - 1, new byte[1]);
      return file;
    } catch (IOException e) {
      file.close();
      throw MosException.io("cannot write a LUKS header into memory", e);
    }
  }

  private static void write(FileChannel channel, long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }
}
