package mos.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Loop devices (loop(4)). */
public final class LoopDevice {
  private static final long GET_FREE = 0x4C82;
  private static final long CONFIGURE = 0x4C0A;
  private static final int CONFIG_SIZE = 304;
  private static final int INFO = 8;
  private static final int INFO_SIZE_LIMIT = INFO + 32;
  private static final int INFO_FLAGS = INFO + 52;
  private static final int READ_ONLY = 1;
  private static final int AUTOCLEAR = 4;
  private static final int TRIES = 64;

  private LoopDevice() {}

  /**
   * A read-only block device that shows the beginning of a file. The kernel takes it away when the
   * last user closes it: whoever holds the result, or a mount, or a device-mapper device on it.
   */
  public static FileDescriptor of(FileDescriptor file, long size) {
    try (FileDescriptor control = FileDescriptor.readWrite(Path.of("/dev/loop-control"))) {
      for (int i = 0; ; i++) {
        int number = Libc.call("ioctl", "/dev/loop-control", control.number(), GET_FREE);
        FileDescriptor device = FileDescriptor.read(Path.of("/dev/loop" + number));
        try {
          Libc.call(
              "ioctl", device + " for " + file, device.number(), CONFIGURE, config(file, size));
          return device;
        } catch (LinuxException e) {
          device.close();
          // Somebody else took the free one first.
          if (e.errno() != LinuxException.EBUSY || i == TRIES) {
            throw e;
          }
        }
      }
    }
  }

  /** struct loop_config of linux/loop.h. */
  private static byte[] config(FileDescriptor file, long size) {
    ByteBuffer config = ByteBuffer.allocate(CONFIG_SIZE).order(ByteOrder.nativeOrder());
    config.putInt(0, file.number());
    config.putLong(INFO_SIZE_LIMIT, size);
    config.putInt(INFO_FLAGS, READ_ONLY | AUTOCLEAR);
    return config.array();
  }
}
