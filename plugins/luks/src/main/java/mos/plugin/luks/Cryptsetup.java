package mos.plugin.luks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mos.formats.LuksMetadataFormat;
import mos.linux.Command;
import mos.spi.unlock.Secret;

/**
 * The calls of {@code cryptsetup} (2.4 or later). The key goes through standard input. Discards are
 * not passed down: they would tell whoever has the disk which blocks are in use.
 */
final class Cryptsetup {
  /** The key does not fit (cryptsetup(8), return codes). */
  static final int NO_PERMISSION = 2;

  /** The name is taken, or the device is in use. */
  static final int BUSY = 5;

  /** Bytes of a key. */
  static final int PASSPHRASE = 32;

  private static final int SECTOR = 512;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /**
   * No locks: a new volume is ours alone, and so is the copy of a header; and an initrd need not
   * have {@code /run/lock}.
   */
  private static final List<Object> COMMON =
      List.of("--batch-mode", "--type", "luks2", "--disable-locks");

  private static final List<Object> KEY =
      List.of("--key-file", "-", "--keyfile-size", String.valueOf(PASSPHRASE));

  private Cryptsetup() {}

  /** Makes a volume, of the form that {@link LuksMetadataFormat} reads. */
  static List<Object> format(Path device, int sectorSize) {
    List<Object> arguments = new ArrayList<>(List.of("luksFormat"));
    arguments.addAll(COMMON);
    arguments.addAll(
        List.of(
            "--cipher",
            LuksMetadataFormat.CIPHER,
            "--key-size",
            8 * LuksMetadataFormat.KEY_SIZE,
            "--hash",
            "sha256",
            "--pbkdf",
            "pbkdf2",
            "--pbkdf-force-iterations",
            LuksMetadataFormat.ITERATIONS,
            "--luks2-metadata-size",
            LuksMetadataFormat.HEADER_SIZE / 1024 + "k",
            "--offset",
            LuksMetadataFormat.DATA_OFFSET / SECTOR,
            "--sector-size",
            sectorSize));
    arguments.addAll(KEY);
    arguments.add(device);
    return arguments;
  }

  /** Opens a volume by another header than its own. */
  static List<Object> open(Path header, Path device, String name) {
    List<Object> arguments = opening(header);
    arguments.addAll(List.of(device, name));
    return arguments;
  }

  /** Only tries the key. Needs no device-mapper. */
  static List<Object> test(Path header, Path device) {
    List<Object> arguments = opening(header);
    arguments.addAll(List.of("--test-passphrase", device));
    return arguments;
  }

  private static List<Object> opening(Path header) {
    List<Object> arguments = new ArrayList<>(List.of("open"));
    arguments.addAll(COMMON);
    arguments.addAll(List.of("--disable-external-tokens", "--key-slot", 0, "--header", header));
    arguments.addAll(KEY);
    return arguments;
  }

  /** Closes a volume. */
  static List<Object> close(String name) {
    return List.of("close", name);
  }

  /** Runs it. */
  static void run(List<Object> arguments) {
    command(arguments).run();
  }

  /** Runs it with a key. */
  static void run(List<Object> arguments, Secret key) {
    command(arguments).input(key).run();
  }

  private static Command command(List<Object> arguments) {
    return Command.of("cryptsetup-bin", "cryptsetup", arguments.toArray()).limit(LIMIT);
  }
}
