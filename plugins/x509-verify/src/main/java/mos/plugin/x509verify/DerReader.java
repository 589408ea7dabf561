package mos.plugin.x509verify;

import java.util.Arrays;

/**
 * Walks over elements in the distinguished encoding rules (ITU-T X.690) and refuses every other
 * spelling of a length.
 */
final class DerReader {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int UTF8_STRING = 0x0c;
  static final int PRINTABLE_STRING = 0x13;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private final byte[] der;
  private final int end;
  private int position;

  DerReader(byte[] der) {
    this(der, 0, der.length);
  }

  private DerReader(byte[] der, int start, int end) {
    this.der = der;
    this.position = start;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  /** The tag of the next element. */
  int tag() throws NotTrusted {
    if (!hasMore()) {
      throw malformed();
    }
    return der[position] & 0xff;
  }

  /** Steps over the next element, and reads inside it. */
  DerReader inside(int tag) throws NotTrusted {
    if (tag() != tag) {
      throw malformed();
    }
    position++;
    int length = length();
    if (length > end - position) {
      throw malformed();
    }
    DerReader content = new DerReader(der, position, position + length);
    position += length;
    return content;
  }

  /** Steps over the next element, and gives its content. */
  byte[] content(int tag) throws NotTrusted {
    DerReader content = inside(tag);
    return Arrays.copyOfRange(der, content.position, content.end);
  }

  private int length() throws NotTrusted {
    int first = octet();
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets == 0 || octets > 2) {
      throw malformed();
    }
    int length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | octet();
    }
    if (length < 0x80 || (octets == 2 && length < 0x100)) {
      throw malformed();
    }
    return length;
  }

  private int octet() throws NotTrusted {
    if (!hasMore()) {
      throw malformed();
    }
    return der[position++] & 0xff;
  }

  private static NotTrusted malformed() {
    return new NotTrusted("is not valid DER");
  }
}
