package mos.plugin.atomfs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import mos.spi.InvalidFieldException;

/**
 * One header block of a tar file: the fields that decide what an entry is and where the next one
 * begins (POSIX.1-2017 {@code pax}, "ustar Interchange Format", and GNU tar's number format).
 *
 * <p>Names are the file's bytes, one {@code char} for each byte.
 *
 * @param name with the ustar prefix before it
 * @param mode permission bits
 * @param uid owner
 * @param gid group
 * @param size bytes of data behind the header
 * @param mtime seconds since 1970
 * @param type the type flag; a NUL of old archives is given as {@code '0'}
 */
record TarHeader(String name, int mode, long uid, long gid, long size, long mtime, char type) {
  /** Bytes of a header, and what data is padded to. */
  static final int BLOCK = 512;

  private static final int NAME_SIZE = 100;
  private static final int MODE_AT = 100;
  private static final int UID_AT = 108;
  private static final int GID_AT = 116;
  private static final int SIZE_AT = 124;
  private static final int MTIME_AT = 136;
  private static final int CHECKSUM_AT = 148;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;
  private static final int DEVICE_MAJOR_AT = 329;
  private static final int DEVICE_MINOR_AT = 337;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX_SIZE = 155;
  private static final int PERMISSIONS = 07777;
  private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};

  /** Whether a block ends the archive: it is all zeros. */
  static boolean isEnd(byte[] block) {
    return Arrays.equals(block, new byte[BLOCK]);
  }

  /**
   * Reads a header block.
   *
   * @throws InvalidFieldException naming the field; {@code checksum} when it is no header at all
   */
  static TarHeader parse(byte[] block) {
    if (block.length != BLOCK || !hasItsChecksum(block)) {
      throw new InvalidFieldException("checksum", "this is no header of a tar file");
    }
    String name = text(block, 0, NAME_SIZE);
    boolean ustar = Arrays.equals(block, MAGIC_AT, MAGIC_AT + USTAR.length, USTAR, 0, USTAR.length);
    if (ustar && block[PREFIX_AT] != 0) {
      name = text(block, PREFIX_AT, PREFIX_SIZE) + "/" + name;
    }
    char type = (char) (block[TYPE_AT] & 0xff);
    return new TarHeader(
        name,
        (int) number(block, MODE_AT, 8, "mode") & PERMISSIONS,
        number(block, UID_AT, 8, "uid"),
        number(block, GID_AT, 8, "gid"),
        number(block, SIZE_AT, 12, "size"),
        number(block, MTIME_AT, 12, "mtime"),
        type == 0 ? '0' : type);
  }

  /** This header as a block; the name is cut to its field, the devices are 0/0. */
  byte[] toArray() {
    byte[] block = new byte[BLOCK];
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, 0, Math.min(bytes.length, NAME_SIZE));
    octal(block, MODE_AT, 8, mode);
    octal(block, UID_AT, 8, uid);
    octal(block, GID_AT, 8, gid);
    octal(block, SIZE_AT, 12, size);
    octal(block, MTIME_AT, 12, mtime);
    block[TYPE_AT] = (byte) type;
    System.arraycopy(USTAR, 0, block, MAGIC_AT, USTAR.length);
    block[MAGIC_AT + USTAR.length] = '0';
    block[MAGIC_AT + USTAR.length + 1] = '0';
    octal(block, DEVICE_MAJOR_AT, 8, 0);
    octal(block, DEVICE_MINOR_AT, 8, 0);
    octal(block, CHECKSUM_AT, 8, checksum(block));
    return block;
  }

  /** Whether the name does not fit a header and needs an extension. */
  static boolean isLong(String name) {
    return name.length() > NAME_SIZE;
  }

  private static String text(byte[] block, int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  /** A number in octal digits, or in base 256 when its first bit is set (GNU). */
  private static long number(byte[] block, int offset, int length, String field) {
    if ((block[offset] & 0x80) != 0) {
      return binary(block, offset, length, field);
    }
    String digits = text(block, offset, length).strip();
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 7) {
        throw new InvalidFieldException(field, "is no octal number");
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private static long binary(byte[] block, int offset, int length, String field) {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : block[offset] & 0x3f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value != (value << 8) >> 8) {
        throw new InvalidFieldException(field, "is too large");
      }
      value = value << 8 | (block[i] & 0xff);
    }
    return value;
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    if (value < 0 || digits.length() >= length) {
      throw new IllegalArgumentException(value + " does not fit a tar header");
    }
    int zeros = length - 1 - digits.length();
    Arrays.fill(block, offset, offset + zeros, (byte) '0');
    System.arraycopy(
        digits.getBytes(StandardCharsets.US_ASCII), 0, block, offset + zeros, digits.length());
  }

  private static boolean hasItsChecksum(byte[] block) {
    try {
      return number(block, CHECKSUM_AT, 8, "checksum") == checksum(block);
    } catch (InvalidFieldException e) {
      return false;
    }
  }

  private static long checksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM_AT && i < CHECKSUM_AT + 8;
      sum += own ? ' ' : block[i] & 0xff;
    }
    return sum;
  }
}
