package mos.testkit.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code distribution/vm/prepare} made for machines under test.
 *
 * @param directory where it lies
 */
public record GuestMaterial(Path directory) {
  /**
   * That of this machine, whether it was made or not: in the directory of the environment variable
   * {@code MOS_VM_DIR}, or in {@code /var/cache/mos-vm}.
   */
  public static GuestMaterial here() {
    return new GuestMaterial(
        Path.of(Optional.ofNullable(System.getenv("MOS_VM_DIR")).orElse("/var/cache/mos-vm")));
  }

  /**
   * The same.
   *
   * @throws IllegalStateException when it was not made
   */
  public static GuestMaterial prepared() {
    GuestMaterial material = here();
    if (!Files.exists(material.probe())) {
      throw new IllegalStateException(
          "no guest material in " + material.directory + "; run distribution/vm/prepare");
    }
    return material;
  }

  /** Whether the kit is there, whole. */
  public boolean hasKit() {
    return Files.exists(directory.resolve(".kit.stamp"));
  }

  /** A root directory with a kernel, its modules, dracut, ukify, sbsign and systemd-boot. */
  public Path kit() {
    return directory.resolve("kit");
  }

  /** The kit's kernel. */
  public Path kernel() {
    return directory.resolve("kernel");
  }

  /** The version of that kernel, as its directory of modules is called. */
  public String kernelVersion() {
    try {
      return Files.readString(directory.resolve("kernel-version")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** systemd-boot for the kit's architecture, not signed. */
  public Path systemdBoot() {
    return kit().resolve("usr/lib/systemd/boot/efi/systemd-bootx64.efi");
  }

  /** A tar archive of a machine's root file system, without mos in it. */
  public Path hostfs() {
    return directory.resolve("hostfs.tar");
  }

  /**
   * An initrd that says {@code probe: ready} and then takes shell commands from the console ({@link
   * VirtualMachine#shell}).
   */
  public Path probe() {
    return directory.resolve("probe.img");
  }
}
