package mos.plugin.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** The kernel's device: a command is one write, its response one read. */
final class DeviceTransport implements Transport {
  /** No TPM takes or gives more in one piece. */
  private static final int LONGEST = 4096;

  private final FileChannel device;

  // Our own, so that it can be overwritten: the channel's buffers stay as they were.
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);

  private DeviceTransport(FileChannel device) {
    this.device = device;
  }

  /**
   * Opens the first device that exists: that of the kernel's resource manager, or else the bare
   * one.
   *
   * @throws MosException RESOURCE when there is none or it cannot be opened
   */
  static DeviceTransport open(List<Path> devices) {
    for (Path device : devices) {
      try {
        return new DeviceTransport(
            FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE));
      } catch (NoSuchFileException e) {
        // The next one.
      } catch (IOException e) {
        throw MosException.io("cannot open the TPM at " + device, e);
      }
    }
    throw new MosException(
        ErrorCode.RESOURCE,
        "this machine has no TPM 2.0: no "
            + devices.getFirst()
            + "; enable it in the firmware setup");
  }

  @Override
  public byte[] exchange(byte[] command) throws IOException {
    try {
      buffer.clear().put(command).flip();
      int written = device.write(buffer);
      if (written != command.length) {
        throw new IOException("took " + written + " of " + command.length + " bytes");
      }
      buffer.clear();
      int read = device.read(buffer);
      byte[] response = new byte[Math.max(read, 0)];
      buffer.flip().get(response);
      return response;
    } finally {
      buffer.clear();
      for (int i = 0; i < LONGEST; i += Long.BYTES) {
        buffer.putLong(i, 0);
      }
    }
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}
