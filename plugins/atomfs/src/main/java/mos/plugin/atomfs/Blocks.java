package mos.plugin.atomfs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Whole reads and writes at a place of a file. */
final class Blocks {
  private Blocks() {}

  /**
   * Reads exactly {@code length} bytes to the beginning of {@code into}.
   *
   * @throws EOFException when the file ends before
   */
  static void read(FileChannel channel, long position, byte[] into, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file ends before byte " + (position + length));
      }
    }
  }

  /** Writes all of {@code bytes}. */
  static void write(FileChannel channel, long position, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position());
    }
  }
}
