package mos.plugin.uki;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.UUID;
import mos.linux.Command;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder;

/** A directory as an ext4 file system in a file: read-only use, no journal, all of it root's. */
final class ContentPartition {
  private static final String PACKAGE = "e2fsprogs";
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final int BLOCK = 4096;
  private static final int MIB = 1 << 20;
  private static final int INODE = 256;

  /** The first inode that is not for the file system itself. */
  private static final int FIRST_INODE = 12;

  private ContentPartition() {}

  /** Makes it. */
  static void make(Path directory, UUID identifier, Path image) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw MosException.notFound(directory + ": no such directory");
    }
    Measure measure = new Measure();
    Files.walkFileTree(directory, measure);
    long inodes = measure.entries + 64;
    long size = measure.bytes + inodes * INODE + measure.bytes / 64 + 4L * MIB;
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((size + MIB - 1) & -MIB);
    }
    Command.of(
            PACKAGE,
            "mke2fs",
            "-q",
            "-t",
            "ext4",
            "-b",
            BLOCK,
            "-I",
            INODE,
            "-N",
            inodes,
            "-m",
            0,
            "-O",
            "^has_journal,^resize_inode",
            "-L",
            BootkitBuilder.MEDIUM,
            "-U",
            identifier,
            "-E",
            "root_owner=0:0,lazy_itable_init=0,hash_seed=" + identifier,
            "-d",
            directory,
            image)
        // For releases from 1.47.1 on, and for those before.
        .with("SOURCE_DATE_EPOCH", BootkitBuild.EPOCH)
        .with("E2FSPROGS_FAKE_TIME", BootkitBuild.EPOCH)
        .limit(LIMIT)
        .run();
    forget(measure.entries, image.resolveSibling("debugfs"), image);
  }

  /** Takes from every inode who made its file, and when: mke2fs copies that from the directory. */
  private static void forget(long entries, Path script, Path image) throws IOException {
    StringBuilder commands = new StringBuilder();
    for (long inode = FIRST_INODE; inode < FIRST_INODE + entries; inode++) {
      for (String field : new String[] {"atime", "ctime", "mtime", "crtime"}) {
        set(commands, inode, field, "@" + BootkitBuild.EPOCH);
      }
      for (String field :
          new String[] {
            "atime_extra", "ctime_extra", "mtime_extra", "crtime_extra", "uid", "gid"
          }) {
        set(commands, inode, field, "0");
      }
    }
    Files.write(script, commands.toString().getBytes(StandardCharsets.US_ASCII));
    Command.of(PACKAGE, "debugfs", "-w", "-f", script, image)
        .with("E2FSPROGS_FAKE_TIME", BootkitBuild.EPOCH)
        .limit(LIMIT)
        .run();
    Files.delete(script);
  }

  private static void set(StringBuilder commands, long inode, String field, String value) {
    commands.append("sif <").append(inode).append("> ").append(field);
    commands.append(' ').append(value).append('\n');
  }

  /** What is below a directory, and how much room it takes. */
  private static final class Measure extends SimpleFileVisitor<Path> {
    private long entries = -1; // not the directory itself
    private long bytes;

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      entries++;
      bytes += BLOCK;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      entries++;
      // The content, its part of a directory, and for a large file the blocks of its extents.
      bytes += (attributes.size() + BLOCK - 1) / BLOCK * BLOCK + INODE;
      return FileVisitResult.CONTINUE;
    }
  }
}
