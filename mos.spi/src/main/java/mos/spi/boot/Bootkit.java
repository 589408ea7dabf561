package mos.spi.boot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;

/**
 * What an image of type bootkit holds: a boot loader and a UKI, both signed.
 *
 * @param id names the UKI on the system partition: 1 to 64 of {@code [a-z0-9.]}
 * @param loader the boot loader's file
 * @param uki the UKI's file
 */
public record Bootkit(String id, Path loader, Path uki) {
  /** Where the loader lies in an image. */
  public static final String LOADER = "EFI/BOOT/BOOTX64.EFI";

  /** Where the UKI lies in an image. */
  public static final String UKI = "EFI/Linux/mos.efi";

  /** Where what media need besides lies in an image: tools for an initrd, as zstd cpio. */
  public static final String TOOLS = "media/tools.cpio.zst";

  /** The kernel argument that says which bootkit a UKI belongs to. */
  public static final String ID_ARGUMENT = "mos.bootkit";

  /**
   * What every UKI tells its kernel, a bootkit's and a medium's: that whatever goes wrong, also
   * before {@code /init}, resets the machine at once, and that the console has our lines and errors
   * alone.
   */
  public static final List<String> KERNEL_ARGUMENTS = List.of("panic=-1", "quiet", "loglevel=4");

  /** The annotation of a bootkit's OCI manifest that says the same. */
  public static final String ID_ANNOTATION = "com.github.project-machine.mos.bootkit";

  /** Checks the id. */
  public Bootkit {
    if (!id.matches("[a-z0-9.]{1,64}")) {
      throw new InvalidFieldException("id", "is 1 to 64 of a-z, 0-9 and '.', not '" + id + "'");
    }
  }

  /**
   * The bootkit in a mounted image, whose files lie as ours do or as the original's ({@code
   * shim.efi} and {@code kernel.efi}, at the top or in {@code bootkit/}).
   *
   * @throws MosException INVALID when there is none
   */
  public static Bootkit in(Path image, String id) {
    return find(image, id, LOADER, UKI)
        .or(() -> find(image, id, "shim.efi", "kernel.efi"))
        .or(() -> find(image, id, "bootkit/shim.efi", "bootkit/kernel.efi"))
        .orElseThrow(
            () ->
                MosException.invalid(
                    "bootkit image: has neither "
                        + LOADER
                        + " and "
                        + UKI
                        + " nor shim.efi and kernel.efi"));
  }

  private static Optional<Bootkit> find(Path image, String id, String loader, String uki) {
    Bootkit found = new Bootkit(id, image.resolve(loader), image.resolve(uki));
    return Files.isRegularFile(found.loader()) && Files.isRegularFile(found.uki())
        ? Optional.of(found)
        : Optional.empty();
  }
}
