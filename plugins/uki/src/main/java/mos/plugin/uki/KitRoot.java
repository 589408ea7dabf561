package mos.plugin.uki;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mos.spi.MosException;

/**
 * A root directory that bootkits are made from: one kernel with its modules, and the programs that
 * go into an initrd or make it.
 *
 * @param directory the root
 * @param kernel the version of its kernel
 */
record KitRoot(Path directory, String kernel) {
  private static final String MODULES = "usr/lib/modules";
  private static final String BOOT_FILES = "usr/lib/systemd/boot/efi/";

  /** What must be there, with the Debian package that brings it. */
  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("usr/bin/cpio", "cpio"),
              Map.entry("usr/bin/dracut", "dracut-core"),
              Map.entry("usr/bin/udevadm", "udev"),
              Map.entry("usr/bin/ukify", "systemd-ukify"),
              Map.entry("usr/bin/zstd", "zstd"),
              Map.entry(BOOT_FILES + "linuxx64.efi.stub", "systemd-boot-efi"),
              Map.entry(BOOT_FILES + "systemd-bootx64.efi", "systemd-boot-efi"),
              Map.entry("usr/sbin/blkid", "util-linux"),
              Map.entry("usr/sbin/cryptsetup", "cryptsetup-bin"),
              Map.entry("usr/sbin/dmsetup", "dmsetup"),
              Map.entry("usr/sbin/mkfs.ext4", "e2fsprogs"),
              Map.entry("usr/sbin/mkfs.vfat", "dosfstools"),
              Map.entry("usr/sbin/modprobe", "kmod"),
              Map.entry("usr/sbin/sgdisk", "gdisk"),
              Map.entry("usr/sbin/switch_root", "util-linux"),
              Map.entry("usr/sbin/wipefs", "util-linux")));

  /**
   * Looks at a root.
   *
   * @throws MosException INVALID when it lacks something, naming it
   */
  static KitRoot of(Path directory) {
    NEEDED.forEach(
        (file, debianPackage) -> {
          if (!Files.exists(directory.resolve(file))) {
            throw MosException.invalid(
                directory + ": has no /" + file + "; it comes with the package " + debianPackage);
          }
        });
    List<String> kernels = new ArrayList<>();
    try (DirectoryStream<Path> versions = Files.newDirectoryStream(directory.resolve(MODULES))) {
      for (Path version : versions) {
        kernels.add(directory.resolve(MODULES).relativize(version).toString());
      }
    } catch (IOException e) {
      throw MosException.invalid(
          directory + ": has no /" + MODULES + "; it comes with the package linux-image-amd64");
    }
    if (kernels.size() != 1) {
      throw MosException.invalid(
          directory + ": must have one kernel in /" + MODULES + ", has " + kernels);
    }
    String kernel = kernels.getFirst();
    if (!kernel.matches("[A-Za-z0-9.+_~-]{1,64}")
        || !Files.isRegularFile(directory.resolve("boot/vmlinuz-" + kernel))) {
      throw MosException.invalid(directory + ": has no /boot/vmlinuz-" + kernel);
    }
    return new KitRoot(directory, kernel);
  }

  /** Its boot loader, not signed. */
  Path loader() {
    return directory.resolve(BOOT_FILES + "systemd-bootx64.efi");
  }
}
