package mos.plugin.luks;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mos.linux.FileDescriptor;
import mos.linux.ProgramFailedException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.Secret;
import mos.spi.unlock.VolumeUnlocker;

/**
 * LUKS2 volumes with a random key, by cryptsetup. A header is hostile until it was checked, and
 * what was checked is what is used: see ADR 61.
 */
public final class LuksUnlocker implements VolumeUnlocker {
  private static final Path BLOCK = Path.of("/sys/class/block");
  private static final Path MAPPER = Path.of("/dev/mapper");
  private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}";
  private static final int LARGE_SECTOR = 4096;
  private static final int SMALL_SECTOR = 512;

  /** For the service loader. */
  public LuksUnlocker() {}

  @Override
  public void format(Path device, Secret key) {
    check(key);
    Cryptsetup.run(Cryptsetup.format(device, sectorSize(device)), key);
    // Another cryptsetup may make something else; better to hear of it now than at the first boot.
    test(device, key);
  }

  /** Tries whether a key opens a volume. */
  void test(Path device, Secret key) {
    check(key);
    try (FileDescriptor header = LuksHeader.read(device).copy()) {
      run(device, Cryptsetup.test(header.pathForOthers(), device), key);
    }
  }

  @Override
  public Path unlock(Path device, String name, Secret key) {
    check(key);
    checkName(name);
    try (FileDescriptor header = LuksHeader.read(device).copy()) {
      if (uuidOf(name).isPresent() || Files.exists(MAPPER.resolve(name))) {
        throw new MosException(ErrorCode.BUSY, "a device is named " + name + " already");
      }
      run(device, Cryptsetup.open(header.pathForOthers(), device, name), key);
    }
    return MAPPER.resolve(name);
  }

  @Override
  public void lock(String name) {
    checkName(name);
    if (uuidOf(name).filter(uuid -> uuid.startsWith("CRYPT-LUKS2-")).isEmpty()) {
      return;
    }
    try {
      Cryptsetup.run(Cryptsetup.close(name));
    } catch (ProgramFailedException e) {
      throw e.status() == Cryptsetup.BUSY
          ? new MosException(ErrorCode.BUSY, MAPPER.resolve(name) + ": is in use", e)
          : e;
    }
  }

  private static void run(Path device, List<Object> arguments, Secret key) {
    try {
      Cryptsetup.run(arguments, key);
    } catch (ProgramFailedException e) {
      throw switch (e.status()) {
        case Cryptsetup.NO_PERMISSION ->
            new MosException(ErrorCode.REFUSED, device + ": the key does not open it", e);
        case Cryptsetup.BUSY ->
            new MosException(ErrorCode.BUSY, device + ": is in use, or its name is taken", e);
        default -> e;
      };
    }
  }

  private static void check(Secret key) {
    if (key.size() != Cryptsetup.PASSPHRASE) {
      throw new MosException(
          ErrorCode.USAGE,
          "the key of a volume has " + Cryptsetup.PASSPHRASE + " bytes, not " + key.size());
    }
  }

  private static void checkName(String name) {
    if (!name.matches(NAME)) {
      throw new MosException(
          ErrorCode.USAGE, "the name of an opened volume is " + NAME + ", not '" + name + "'");
    }
  }

  private static int sectorSize(Path device) {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      return channel.size() % LARGE_SECTOR == 0 ? LARGE_SECTOR : SMALL_SECTOR;
    } catch (IOException e) {
      throw MosException.io("cannot read " + device, e);
    }
  }

  /** The device-mapper's UUID of the device with a name, which begins with who made it. */
  private static Optional<String> uuidOf(String name) {
    try (Stream<Path> devices = Files.list(BLOCK)) {
      for (Path device : devices.map(each -> each.resolve("dm")).filter(Files::exists).toList()) {
        if (Files.readString(device.resolve("name")).strip().equals(name)) {
          return Optional.of(Files.readString(device.resolve("uuid")).strip());
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw MosException.io("cannot look through " + BLOCK, e);
    }
  }
}
