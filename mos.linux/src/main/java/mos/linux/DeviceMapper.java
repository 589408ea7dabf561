package mos.linux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** Device-mapper devices with a single read-only target (linux/dm-ioctl.h, version 4). */
public final class DeviceMapper implements AutoCloseable {
  private static final Path CONTROL = Path.of("/dev/mapper/control");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int DEV_CREATE = 3;
  private static final int DEV_REMOVE = 4;
  private static final int DEV_SUSPEND = 6;
  private static final int DEV_STATUS = 7;
  private static final int TABLE_LOAD = 9;
  private static final int TABLE_STATUS = 12;
  private static final int GET_TARGET_VERSION = 17;

  private final FileDescriptor control;

  private DeviceMapper(FileDescriptor control) {
    this.control = control;
  }

  /**
   * Opens the device mapper if this kernel has it with the target that is wanted; the kernel loads
   * the target's module for the question.
   *
   * @param target such as {@code verity}
   */
  public static Optional<DeviceMapper> open(String target) {
    FileDescriptor control;
    try {
      control = FileDescriptor.readWrite(CONTROL);
    } catch (LinuxException e) {
      // The node may have been made without a driver behind it.
      if (e.errno() == LinuxException.ENOENT
          || e.errno() == LinuxException.ENODEV
          || e.errno() == LinuxException.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
    DeviceMapper mapper = new DeviceMapper(control);
    try {
      mapper.send(GET_TARGET_VERSION, "ask for " + target, new DeviceMapperRequest(target, 0));
      return Optional.of(mapper);
    } catch (LinuxException e) {
      mapper.close();
      if (e.errno() == LinuxException.EINVAL) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Keeps other processes of mos from looking at devices that are half made, and from making the
   * same one.
   *
   * @throws MosException BUSY when another process keeps us waiting too long
   */
  public static Flock lock() {
    return Flock.lock(CONTROL, Flock.Mode.EXCLUSIVE, false, PATIENCE)
        .orElseThrow(
            () ->
                new MosException(
                    ErrorCode.BUSY,
                    CONTROL
                        + ": another process has held its lock for "
                        + PATIENCE.toSeconds()
                        + " s"));
  }

  /**
   * A device that exists.
   *
   * @param name its name
   * @param node its node in {@code /dev}; it means this device as long as somebody has it open
   */
  public record Device(String name, Path node) {}

  /**
   * Creates a read-only device with one target, from the first sector on, and activates it; a
   * failure leaves nothing.
   */
  public Device create(String name, long sectors, String target, String parameters) {
    DeviceMapperRequest created = new DeviceMapperRequest(name, DeviceMapperRequest.READ_ONLY);
    send(DEV_CREATE, "create " + name, created);
    try {
      send(
          TABLE_LOAD,
          "load the table of " + name,
          new DeviceMapperRequest(name, DeviceMapperRequest.READ_ONLY)
              .table(sectors, target, parameters));
      send(DEV_SUSPEND, "activate " + name, new DeviceMapperRequest(name, 0));
    } catch (LinuxException e) {
      remove(name);
      throw e;
    }
    return device(name, created);
  }

  /** The device of that name, if it exists. */
  public Optional<Device> find(String name) {
    try {
      DeviceMapperRequest status = new DeviceMapperRequest(name, 0);
      send(DEV_STATUS, "look for " + name, status);
      return Optional.of(device(name, status));
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ENXIO) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The target's parameters, as the kernel holds them; empty when no table is active. */
  public String table(String name) {
    return parameters(name, DeviceMapperRequest.STATUS_TABLE);
  }

  /** The target's status; for verity {@code V}, or {@code C} once a block did not fit. */
  public String status(String name) {
    return parameters(name, 0);
  }

  /**
   * Removes a device.
   *
   * @throws LinuxException EBUSY when somebody uses it
   */
  public void remove(String name) {
    send(DEV_REMOVE, "remove " + name, new DeviceMapperRequest(name, 0));
  }

  /** Lets the kernel remove the device when its last user closes it; at once when it has none. */
  public void removeWhenUnused(String name) {
    send(
        DEV_REMOVE,
        "remove " + name,
        new DeviceMapperRequest(name, DeviceMapperRequest.DEFERRED_REMOVE));
  }

  private String parameters(String name, int flags) {
    DeviceMapperRequest status = new DeviceMapperRequest(name, flags);
    send(TABLE_STATUS, "read the table of " + name, status);
    return status.parameters();
  }

  private void send(int command, String about, DeviceMapperRequest request) {
    Libc.call(
        "ioctl",
        "device-mapper: " + about,
        control.number(),
        DeviceMapperRequest.number(command),
        request.bytes());
  }

  /** devtmpfs names device-mapper nodes by their minor number. */
  private static Device device(String name, DeviceMapperRequest reply) {
    return new Device(name, Path.of("/dev/dm-" + reply.minor()));
  }

  @Override
  public void close() {
    control.close();
  }
}
