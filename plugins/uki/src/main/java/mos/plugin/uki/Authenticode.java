package mos.plugin.uki;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import mos.spi.MosException;
import mos.spi.model.Digest;

/**
 * Signs executables for UEFI in place (Windows Authenticode Portable Executable Signature Format;
 * UEFI 2.10, 32.2.3). What a file was signed with before is removed.
 */
final class Authenticode {
  private static final int BUFFER = 256 << 10;
  private static final int CERTIFICATE_HEADER = 8;
  private static final int REVISION = 0x0200;
  private static final int PKCS_SIGNED_DATA = 0x0002;

  private Authenticode() {}

  /**
   * Signs a file.
   *
   * @throws MosException INVALID when it is not an executable for UEFI
   */
  static void sign(Path file, SigningIdentity signer) {
    try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
      PortableExecutable executable = PortableExecutable.parse(head(channel), channel.size());
      long end =
          executable.signatures().map(PortableExecutable.Extent::offset).orElse(channel.size());
      channel.truncate(end);
      write(channel, end, new byte[(int) (align8(end) - end)]);
      byte[] signature = SignedData.ofExecutable(digest(channel, executable), signer);
      byte[] entry = certificate(signature);
      write(channel, executable.security(), extent(channel.size(), entry.length));
      write(channel, channel.size(), entry);
      sum(channel, executable);
    } catch (IOException e) {
      throw MosException.io("cannot sign " + file, e);
    }
  }

  /** As many of a file's first bytes as headers can need. */
  static byte[] head(FileChannel channel) throws IOException {
    byte[] head = new byte[(int) Math.min(PortableExecutable.MAX_HEADERS, channel.size())];
    read(channel, 0, ByteBuffer.wrap(head));
    return head;
  }

  /** What is signed: everything but the checksum, the place of the signatures, and they. */
  static byte[] digest(FileChannel channel, PortableExecutable executable) throws IOException {
    MessageDigest digest = Digest.sha256();
    long end =
        executable.signatures().map(PortableExecutable.Extent::offset).orElse(channel.size());
    update(channel, 0, executable.checksum(), digest);
    update(channel, executable.checksum() + 4L, executable.security(), digest);
    update(channel, executable.security() + 8L, end, digest);
    return digest.digest();
  }

  /** Writes the checksum of the format: 16-bit words with carry, and the file's size. */
  static void sum(FileChannel channel, PortableExecutable executable) throws IOException {
    write(channel, executable.checksum(), new byte[4]);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    long sum = 0;
    for (long at = 0; at < channel.size(); at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER, channel.size() - at));
      read(channel, at, buffer);
      buffer.flip();
      for (int i = 0; i + 1 < buffer.limit(); i += 2) {
        sum += Short.toUnsignedInt(buffer.getShort(i));
      }
      if (buffer.limit() % 2 == 1) {
        sum += Byte.toUnsignedInt(buffer.get(buffer.limit() - 1));
      }
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    ByteBuffer value = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    write(channel, executable.checksum(), value.putInt((int) (sum + channel.size())).array());
  }

  /** Writes all of some bytes. */
  static void write(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }

  private static byte[] certificate(byte[] signature) {
    int size = CERTIFICATE_HEADER + signature.length;
    return ByteBuffer.allocate((int) align8(size))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) align8(size))
        .putShort((short) REVISION)
        .putShort((short) PKCS_SIGNED_DATA)
        .put(signature)
        .array();
  }

  private static byte[] extent(long offset, int size) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) offset)
        .putInt(size)
        .array();
  }

  private static long align8(long size) {
    return (size + 7) & ~7L;
  }

  private static void update(FileChannel channel, long from, long to, MessageDigest digest)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    for (long at = from; at < to; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER, to - at));
      read(channel, at, buffer);
      digest.update(buffer.flip());
    }
  }

  private static void read(FileChannel channel, long at, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("it became shorter");
      }
    }
  }
}
