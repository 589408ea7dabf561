package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;

/**
 * Walks through the entries of an uncompressed tar file (ustar, pax and GNU), without reading their
 * data. What it does not understand it refuses, so that the program that makes the file system
 * cannot understand something else.
 */
final class TarReader {
  private static final int MAX_EXTENSION = 1 << 20;
  private static final int SPARSE_CONTINUES_AT = 482;
  private static final int SPARSE_BLOCK_CONTINUES_AT = 504;
  private static final Set<String> HARMLESS_GLOBALS = Set.of("comment");

  private final FileChannel channel;
  private final String file;
  private final long size;
  private long position;

  /**
   * @param file its name, for messages
   */
  TarReader(FileChannel channel, String file) throws IOException {
    this.channel = channel;
    this.file = file;
    this.size = channel.size();
  }

  /**
   * The next entry; empty at the end of the archive.
   *
   * @throws MosException INVALID when the file is cut short, damaged or not a tar file
   */
  Optional<TarEntry> next() throws IOException {
    long start = position;
    try {
      return entry(start);
    } catch (InvalidFieldException e) {
      if (start == 0 && e.field().equals("checksum")) {
        throw new MosException(e.code(), file + ": this is no tar file", e);
      }
      throw new MosException(
          e.code(), "%s: entry at byte %d: %s".formatted(file, start, e.getMessage()), e);
    }
  }

  private Optional<TarEntry> entry(long start) throws IOException {
    String longName = "";
    PaxRecords pax = PaxRecords.NONE;
    while (position < size) {
      long headerAt = position;
      byte[] block = bytes(TarHeader.BLOCK);
      if (TarHeader.isEnd(block)) {
        return Optional.empty();
      }
      TarHeader header = TarHeader.parse(block);
      switch (header.type()) {
        case 'L' -> longName = text(extension(header));
        case 'K' -> extension(header);
        case 'x' -> pax = PaxRecords.parse(extension(header));
        case 'g' -> requireHarmless(PaxRecords.parse(extension(header)));
        default -> {
          return Optional.of(entry(start, headerAt, header, block, longName, pax));
        }
      }
    }
    if (start == 0 || position != start) {
      throw new InvalidFieldException("", "the file ends inside of an entry");
    }
    return Optional.empty();
  }

  private TarEntry entry(
      long start, long headerAt, TarHeader header, byte[] block, String longName, PaxRecords pax)
      throws IOException {
    String name = longName.isEmpty() ? header.name() : longName;
    name = pax.values().getOrDefault("path", name);
    name = pax.values().getOrDefault("GNU.sparse.name", name);
    long dataSize = number(pax, "size", header.size());
    long mtime = number(pax, "mtime", header.mtime());
    requireKnown(header.type(), dataSize);
    if (header.type() == 'S') {
      skipSparseMap(block);
    }
    if (dataSize < 0 || dataSize > size - position) {
      throw new InvalidFieldException("size", "%d reaches beyond the file".formatted(dataSize));
    }
    long padded = Math.ceilDiv(dataSize, TarHeader.BLOCK) * (long) TarHeader.BLOCK;
    position = Math.min(position + padded, size);
    return new TarEntry(TarEntry.normalise(name), header, mtime, pax, start, headerAt, position);
  }

  private static void requireKnown(char type, long dataSize) {
    boolean withData = type == '0' || type == '7' || type == 'S';
    boolean without = type >= '1' && type <= '6';
    if (!withData && !without) {
      throw new InvalidFieldException("typeflag", "'" + type + "' is not supported");
    }
    // Programs disagree on whether such data is there; nothing writes it today.
    if (without && dataSize != 0) {
      throw new InvalidFieldException("size", "must be 0 for a link, device, directory or pipe");
    }
  }

  private static void requireHarmless(PaxRecords records) {
    for (String keyword : records.values().keySet()) {
      if (!HARMLESS_GLOBALS.contains(keyword)) {
        throw new InvalidFieldException(
            "pax", "a global header with '" + keyword + "' is not supported");
      }
    }
  }

  private static long number(PaxRecords records, String keyword, long otherwise) {
    String value = records.values().get(keyword);
    if (value == null) {
      return otherwise;
    }
    String whole = value.contains(".") ? value.substring(0, value.indexOf('.')) : value;
    try {
      return Long.parseLong(whole);
    } catch (NumberFormatException e) {
      throw new InvalidFieldException("pax." + keyword, "is no number");
    }
  }

  private byte[] extension(TarHeader header) throws IOException {
    if (header.size() < 0 || header.size() > MAX_EXTENSION) {
      throw new InvalidFieldException(
          "size", "an extended header must have at most " + MAX_EXTENSION + " bytes");
    }
    byte[] data = bytes((int) header.size());
    position += -header.size() & (TarHeader.BLOCK - 1);
    return data;
  }

  private void skipSparseMap(byte[] header) throws IOException {
    boolean more = header[SPARSE_CONTINUES_AT] != 0;
    while (more) {
      more = bytes(TarHeader.BLOCK)[SPARSE_BLOCK_CONTINUES_AT] != 0;
    }
  }

  private byte[] bytes(int count) throws IOException {
    if (count > size - position) {
      throw new InvalidFieldException("", "the file ends inside of an entry");
    }
    byte[] bytes = new byte[count];
    Blocks.read(channel, position, bytes, count);
    position += count;
    return bytes;
  }

  private static String text(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
