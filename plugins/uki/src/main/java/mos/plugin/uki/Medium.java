package mos.plugin.uki;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mos.linux.Command;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder;
import mos.spi.boot.BootkitBuilder.MediumFormat;
import mos.spi.boot.BootkitBuilder.MediumRequest;

/**
 * Bootable media. Nothing is mounted, and nobody has to be root. The identifiers in it come from
 * the UKI's digest: media of different content differ, and the same content gives the same bytes.
 */
final class Medium {
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final int MIB = 1 << 20;
  private static final String GDISK = "gdisk";
  private static final String SYSTEM_FILE = ".mos-esp.img";

  private Medium() {}

  /** See {@link mos.spi.boot.BootkitBuilder#medium}. */
  static void make(MediumRequest request, MediumFormat format, Path output) {
    try (Scratch scratch = Scratch.beside(output)) {
      Path partition = scratch.path("esp");
      SystemPartition.make(request, scratch, partition);
      Path image = scratch.path("medium");
      Identifiers identifiers = Identifiers.of(request.uki());
      switch (format) {
        case RAW -> raw(request, partition, identifiers, scratch, image);
        case ISO -> iso(request, partition, scratch, image);
      }
      Files.move(image, output, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw MosException.io("cannot make " + output, e);
    }
  }

  private static void raw(
      MediumRequest request, Path system, Identifiers identifiers, Scratch scratch, Path image)
      throws IOException {
    Path content = null;
    if (request.content().isPresent()) {
      content = scratch.path("content");
      ContentPartition.make(request.content().get(), identifiers.of("content"), content);
    }
    long first = Files.size(system) / MIB;
    long second = content == null ? 0 : Files.size(content) / MIB;
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((first + second + 2) * MIB);
    }
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--disk-guid=" + identifiers.of("disk"),
                "--new=1:2048:" + ((first + 1) * MIB / 512 - 1),
                "--typecode=1:ef00",
                "--change-name=1:ESP",
                "--partition-guid=1:" + identifiers.of("esp")));
    if (content != null) {
      arguments.addAll(
          List.of(
              "--new=2:" + (first + 1) * MIB / 512 + ":" + ((first + second + 1) * MIB / 512 - 1),
              "--typecode=2:8300",
              "--change-name=2:" + BootkitBuilder.MEDIUM,
              "--partition-guid=2:" + identifiers.of("content")));
    }
    arguments.add(image);
    Command.of(GDISK, "sgdisk", arguments.toArray()).run();
    splice(system, image, MIB);
    if (content != null) {
      splice(content, image, (first + 1) * MIB);
    }
  }

  /**
   * A disc. Its own file system has the content, because a disc has no partitions; and in it, as a
   * file, the system partition, which firmware finds on a disc (El Torito) and on a disk (GPT)
   * alike. Firmware that reads the catalog of El Torito looks for it within the disc's file system.
   */
  private static void iso(MediumRequest request, Path system, Scratch scratch, Path image)
      throws IOException {
    Path content =
        request.content().isPresent() ? request.content().get() : scratch.directory("empty");
    if (!Files.isDirectory(content)) {
      throw MosException.notFound(content + ": no such directory");
    }
    Command.of(
            "xorriso",
            "xorriso",
            "-no_rc",
            "-report_about",
            "SORRY",
            "-as",
            "mkisofs",
            "-iso-level",
            3,
            "-R",
            "-uid",
            0,
            "-gid",
            0,
            "--set_all_file_dates",
            "2026010100000000",
            "-V",
            BootkitBuilder.MEDIUM,
            "-e",
            SYSTEM_FILE,
            "-no-emul-boot",
            "-efi-boot-part",
            "--efi-boot-image",
            "-o",
            image,
            "-graft-points",
            "/=" + escape(content),
            "/" + SYSTEM_FILE + "=" + escape(system))
        .with("SOURCE_DATE_EPOCH", BootkitBuild.EPOCH)
        .limit(LIMIT)
        .run();
  }

  /** A path as it is written behind the sign that divides the two of a graft point. */
  private static String escape(Path path) {
    return path.toString().replace("\\", "\\\\").replace("=", "\\=");
  }

  /** Writes a file into another one, and leaves holes where it has zeros. */
  private static void splice(Path part, Path image, long offset) throws IOException {
    try (FileChannel from = FileChannel.open(part, READ);
        FileChannel to = FileChannel.open(image, READ, WRITE)) {
      to.position(offset);
      long size = from.size();
      for (long done = 0; done < size; ) {
        done += from.transferTo(done, size - done, to);
      }
    }
  }
}
