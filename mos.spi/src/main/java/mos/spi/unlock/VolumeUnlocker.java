package mos.spi.unlock;

import java.nio.file.Path;

/**
 * Phase unlock: volumes that a key opens. Found by {@link java.util.ServiceLoader}, one per
 * program.
 */
public interface VolumeUnlocker {
  /**
   * Makes a block device such a volume; whatever it held is lost.
   *
   * @param key 32 random bytes, of this volume alone: whoever has the disk can exchange volumes
   *     that one key opens
   */
  void format(Path device, Secret key);

  /**
   * Opens a volume.
   *
   * @param name of the device that shows its content, a device-mapper name
   * @return that device
   * @throws mos.spi.MosException REFUSED when the key does not open it or its header asks for
   *     anything but what {@link #format} makes; NOT_FOUND when it is no such volume; BUSY when the
   *     name is taken
   */
  Path unlock(Path device, String name, Secret key);

  /** Closes a volume that was opened under a name; does nothing when none is. */
  void lock(String name);
}
