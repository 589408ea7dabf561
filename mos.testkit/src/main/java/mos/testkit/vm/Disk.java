package mos.testkit.vm;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A disk of a machine. An image belongs to one running machine at a time.
 *
 * @param image the file
 * @param format how the file is to be read
 * @param serial its serial number, by which the machine knows it ({@code
 *     /dev/disk/by-id/virtio-SERIAL}); at most 20 characters
 * @param readOnly whether the machine cannot write to it
 */
public record Disk(Path image, Format format, String serial, boolean readOnly) {
  /** How an image holds a disk. */
  public enum Format {
    /** The disk's bytes, with holes. */
    RAW,
    /** What differs from another image. */
    QCOW2
  }

  /** Checks the serial number. */
  public Disk {
    if (!serial.matches("[A-Za-z0-9._-]{1,20}")) {
      throw new IllegalArgumentException("a disk's serial number is not '" + serial + "'");
    }
  }

  /** A raw image that exists, to read and write. */
  public static Disk of(Path image, String serial) {
    return new Disk(image, Format.RAW, serial, false);
  }

  /** A new raw image without content, of a size in bytes; it takes room only as it is written. */
  public static Disk empty(Path image, long size, String serial) {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(0);
      file.setLength(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return of(image, serial);
  }

  /** A new image that begins as another one, which stays as it is; made at once. */
  public Disk overlay(Path target) {
    String name = format == Format.RAW ? "raw" : "qcow2";
    Program.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        name,
        "-b",
        image.toAbsolutePath().toString(),
        target.toString());
    return new Disk(target, Format.QCOW2, serial, false);
  }

  /** The content as a raw image of its own, with holes: to change a byte, or to look inside. */
  public Disk raw(Path target) {
    switch (format) {
      case RAW ->
          Program.run(
              "cp", "--reflink=auto", "--sparse=always", image.toString(), target.toString());
      case QCOW2 ->
          Program.run("qemu-img", "convert", "-O", "raw", image.toString(), target.toString());
    }
    return of(target, serial);
  }

  /** The same disk, which the machine cannot write to. */
  public Disk readOnlyDisk() {
    return new Disk(image, format, serial, true);
  }
}
