package mos.plugin.uki;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mos.linux.Command;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.boot.BootkitBuilder.MediumRequest;

/**
 * The system partition of a medium as a file: FAT32, with the loader at the place where firmware
 * looks when it has been told nothing.
 */
final class SystemPartition {
  /** The smallest file system that is FAT32 to every reader: 65525 clusters of one sector. */
  private static final long MIN_SIZE = 36L << 20;

  private static final int ALIGNMENT = 1 << 20;
  private static final String MTOOLS = "mtools";

  private SystemPartition() {}

  /** Makes it. */
  static void make(MediumRequest request, Scratch scratch, Path image) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    files.put(Bootkit.LOADER, request.loader());
    files.put("EFI/Linux/mos-medium.efi", request.uki());
    StringBuilder settings = new StringBuilder("timeout 0\neditor no\n");
    if (request.enrollment().isPresent()) {
      // systemd-boot(7): at once, not only in virtual machines, and only in setup mode.
      settings.append("secure-boot-enroll force\n");
      Path keys = scratch.directory("keys");
      SecureBoot.write(request.enrollment().get(), keys);
      for (String name : List.of("PK.auth", "KEK.auth", "db.auth")) {
        files.put("loader/keys/auto/" + name, keys.resolve(name));
      }
    }
    Path configuration = scratch.path("loader.conf");
    Files.write(configuration, settings.toString().getBytes(StandardCharsets.US_ASCII));
    files.put("loader/loader.conf", configuration);
    format(image, size(files));
    copy(files, image);
  }

  private static long size(Map<String, Path> files) throws IOException {
    long size = 2L << 20;
    for (Path file : files.values()) {
      if (!Files.isRegularFile(file)) {
        throw MosException.notFound(file + ": no such file");
      }
      // Two tables of four bytes for each sector of content.
      size += Files.size(file) + Files.size(file) / 50 + 4096;
    }
    return (Math.max(MIN_SIZE, size) + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static void format(Path image, long size) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(size);
    }
    Command.of("dosfstools", "mkfs.vfat", "-F", 32, "-s", 1, "-n", "ESP", "--invariant", image)
        .run();
  }

  private static void copy(Map<String, Path> files, Path image) {
    Set<String> directories = new LinkedHashSet<>();
    for (String name : files.keySet()) {
      for (int end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1)) {
        directories.add("::/" + name.substring(0, end));
      }
    }
    List<Object> mmd = new ArrayList<>(List.of("-i", image));
    mmd.addAll(directories);
    mtools("mmd", mmd);
    files.forEach((name, file) -> mtools("mcopy", List.of("-i", image, file, "::/" + name)));
  }

  private static void mtools(String program, List<Object> arguments) {
    Command.of(MTOOLS, program, arguments.toArray())
        .with("SOURCE_DATE_EPOCH", BootkitBuild.EPOCH)
        .with("MTOOLS_SKIP_CHECK", "1")
        .with("MTOOLSRC", "/dev/null")
        .run();
  }
}
