package mos.plugin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** The first volume descriptor of an ISO 9660 file system (ECMA-119, 8.4). */
final class IsoVolume {
  private static final long AT = 16 * 2048;
  private static final int SIZE = 72;
  private static final byte[] MARK = "\1CD001".getBytes(StandardCharsets.US_ASCII);
  private static final int AT_NAME = 40;

  private IsoVolume() {}

  /** The volume's name; empty for what is no such file system, or cannot be read. */
  static Optional<String> name(Path device) {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      ByteBuffer descriptor = ByteBuffer.allocate(SIZE);
      int read = 0;
      while (descriptor.hasRemaining() && read >= 0) {
        read = channel.read(descriptor, AT + descriptor.position());
      }
      return name(Arrays.copyOf(descriptor.array(), descriptor.position()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The name in the beginning of a descriptor. */
  static Optional<String> name(byte[] descriptor) {
    if (descriptor.length < SIZE
        || !Arrays.equals(descriptor, 0, MARK.length, MARK, 0, MARK.length)) {
      return Optional.empty();
    }
    return Optional.of(
        new String(descriptor, AT_NAME, SIZE - AT_NAME, StandardCharsets.US_ASCII).strip());
  }
}
