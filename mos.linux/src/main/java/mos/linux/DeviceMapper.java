package mos.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Device-mapper devices with a single read-only target (linux/dm-ioctl.h, version 4). */
public final class DeviceMapper implements AutoCloseable {
  private static final Path CONTROL = Path.of("/dev/mapper/control");

  private static final int DEV_CREATE = 3;
  private static final int DEV_REMOVE = 4;
  private static final int DEV_SUSPEND = 6;
  private static final int DEV_STATUS = 7;
  private static final int TABLE_LOAD = 9;
  private static final int TABLE_STATUS = 12;
  private static final int LIST_VERSIONS = 13;

  private static final int READ_ONLY = 1;
  private static final int STATUS_TABLE = 1 << 4;
  private static final int DEFERRED_REMOVE = 1 << 17;

  /** struct dm_ioctl, then struct dm_target_spec. */
  private static final int HEADER = 312;

  private static final int SPEC = 40;
  private static final int BUFFER = 16 << 10;
  private static final int AT_VERSION = 0;
  private static final int AT_DATA_SIZE = 12;
  private static final int AT_DATA_START = 16;
  private static final int AT_TARGET_COUNT = 20;
  private static final int AT_FLAGS = 28;
  private static final int AT_DEV = 40;
  private static final int AT_NAME = 48;
  private static final int NAME_SIZE = 128;

  private final FileDescriptor control;

  private DeviceMapper(FileDescriptor control) {
    this.control = control;
  }

  /**
   * Opens the device mapper if this kernel has it with the target that is wanted.
   *
   * @param target such as {@code verity}
   */
  public static Optional<DeviceMapper> open(String target) {
    DeviceMapper mapper;
    try {
      mapper = new DeviceMapper(FileDescriptor.readWrite(CONTROL));
    } catch (LinuxException e) {
      // The node may have been made without a driver behind it.
      if (e.errno() == LinuxException.ENOENT
          || e.errno() == LinuxException.ENODEV
          || e.errno() == LinuxException.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
    if (mapper.knows(target)) {
      return Optional.of(mapper);
    }
    mapper.close();
    return Optional.empty();
  }

  /**
   * A device that exists.
   *
   * @param name its name
   * @param node its node in {@code /dev}
   */
  public record Device(String name, Path node) {}

  /**
   * Creates a read-only device with one target, from the first sector on, and activates it; a
   * failure leaves nothing.
   */
  public Device create(String name, long sectors, String target, String parameters) {
    Request created = request(name, READ_ONLY);
    send(DEV_CREATE, "create " + name, created);
    try {
      Request load = request(name, READ_ONLY);
      load.fields().putInt(AT_TARGET_COUNT, 1);
      byte[] words = Libc.string(parameters);
      load.fields().putLong(HEADER + 8, sectors);
      load.fields().put(HEADER + 24, target.getBytes(StandardCharsets.US_ASCII));
      load.fields().put(HEADER + SPEC, words);
      send(TABLE_LOAD, "load the table of " + name, load);
      send(DEV_SUSPEND, "activate " + name, request(name, READ_ONLY));
    } catch (LinuxException e) {
      send(DEV_REMOVE, "remove " + name, request(name, 0));
      throw e;
    }
    return new Device(name, node(created));
  }

  /** The device of that name, if it exists. */
  public Optional<Device> find(String name) {
    try {
      Request status = request(name, 0);
      send(DEV_STATUS, "look for " + name, status);
      return Optional.of(new Device(name, node(status)));
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The target's parameters, as the kernel holds them. */
  public String table(String name) {
    return parameters(name, STATUS_TABLE);
  }

  /** The target's status; for verity {@code V}, or {@code C} once a block did not fit. */
  public String status(String name) {
    return parameters(name, 0);
  }

  /** Lets the kernel remove the device when its last user closes it; at once when it has none. */
  public void removeWhenUnused(String name) {
    send(DEV_REMOVE, "remove " + name, request(name, DEFERRED_REMOVE));
  }

  private String parameters(String name, int flags) {
    Request status = request(name, flags);
    send(TABLE_STATUS, "read the table of " + name, status);
    int start = status.fields().getInt(AT_DATA_START);
    return status.fields().getInt(AT_TARGET_COUNT) == 0 ? "" : text(status, start + SPEC);
  }

  private boolean knows(String target) {
    Request versions = request("", 0);
    send(LIST_VERSIONS, "list targets", versions);
    int at = versions.fields().getInt(AT_DATA_START);
    while (true) {
      // struct dm_target_versions: next, three numbers, name
      if (text(versions, at + 16).equals(target)) {
        return true;
      }
      int next = versions.fields().getInt(at);
      if (next == 0) {
        return false;
      }
      at += next;
    }
  }

  /** struct dm_ioctl and what follows it, as bytes and as fields. */
  private static final class Request {
    private final byte[] bytes = new byte[BUFFER];

    ByteBuffer fields() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private static Request request(String name, int flags) {
    Request request = new Request();
    ByteBuffer fields = request.fields();
    fields.putInt(AT_VERSION, 4);
    fields.putInt(AT_DATA_SIZE, BUFFER);
    fields.putInt(AT_DATA_START, HEADER);
    fields.putInt(AT_FLAGS, flags);
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    if (text.length >= NAME_SIZE) {
      throw new IllegalArgumentException("a device name has at most 127 characters: " + name);
    }
    fields.put(AT_NAME, text);
    return request;
  }

  private void send(int command, String about, Request request) {
    long number = 0xC000FD00L | (HEADER << 16) | command;
    Libc.call("ioctl", about, control.number(), number, request.bytes());
  }

  /** devtmpfs names device-mapper nodes by their minor number. */
  private static Path node(Request reply) {
    long dev = reply.fields().getLong(AT_DEV);
    long minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
    return Path.of("/dev/dm-" + minor);
  }

  private static String text(Request request, int from) {
    int end = from;
    while (end < BUFFER && request.bytes()[end] != 0) {
      end++;
    }
    return new String(request.bytes(), from, end - from, StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    control.close();
  }
}
