package mos.spi.verify;

import mos.spi.model.Bytes;

/**
 * A certificate or a signature that came with a document.
 *
 * @param origin where it came from, for messages
 * @param bytes its content as received
 */
public record Attachment(String origin, Bytes bytes) {
  /** The largest certificate chain or signature that is accepted, in bytes. */
  public static final int MAX_BYTES = 64 << 10;
}
