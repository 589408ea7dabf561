package mos.plugin.atomfs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes the tar file that a file system is made from: one entry for each file and directory, none
 * of which is implied, with the whiteouts of an OCI layer in the form that overlayfs reads ({@code
 * Documentation/filesystems/overlayfs.rst}, "whiteouts and opaque directories"). Entries that need
 * no change are copied to the byte.
 */
final class TarRewrite {
  private static final int DIRECTORY_MODE = 0755;
  private static final String OPAQUE = "SCHILY.xattr.trusted.overlay.opaque";
  private static final int END_OF_ARCHIVE = 2 * TarHeader.BLOCK;

  private final FileChannel from;
  private final FileChannel to;
  private final TarSurvey survey;
  private long written;

  private TarRewrite(FileChannel from, FileChannel to, TarSurvey survey) {
    this.from = from;
    this.to = to;
    this.survey = survey;
  }

  /**
   * Writes the rewritten archive.
   *
   * @param file the name of the archive that is read, for messages
   * @param to an empty file
   */
  static void write(FileChannel from, String file, TarSurvey survey, FileChannel to)
      throws IOException {
    new TarRewrite(from, to, survey).write(file);
  }

  /** The permissions of the layer's root directory. */
  static int rootMode(TarSurvey survey) {
    return survey.root().map(root -> root.header().mode()).orElse(DIRECTORY_MODE);
  }

  private void write(String file) throws IOException {
    writeDirectory("./", rootMode(survey), survey.root().map(TarEntry::mtime).orElse(0L), false);
    for (String path : survey.implied()) {
      writeDirectory(path + "/", DIRECTORY_MODE, 0, survey.isOpaque(path));
    }
    TarReader reader = new TarReader(from, file);
    for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
      TarEntry entry = next.get();
      if (survey.counts(entry)) {
        if (survey.isOpaque(entry.path())) {
          writeOpaque(entry);
        } else {
          copy(entry.start(), entry.end());
        }
      }
    }
    for (String path : survey.whiteouts()) {
      writeNamed(new TarHeader(path, 0, 0, 0, 0, 0, '3'));
    }
    append(new byte[END_OF_ARCHIVE]);
  }

  /** A directory entry with one more record in its extended header. */
  private void writeOpaque(TarEntry entry) throws IOException {
    writeExtension('L', (entry.path() + "/\0").getBytes(StandardCharsets.ISO_8859_1));
    writeExtension('x', entry.pax().with(OPAQUE, "y").toArray());
    copy(entry.headerAt(), entry.end());
  }

  private void writeDirectory(String name, int mode, long mtime, boolean opaque)
      throws IOException {
    if (opaque) {
      writeExtension('x', PaxRecords.NONE.with(OPAQUE, "y").toArray());
    }
    writeNamed(new TarHeader(name, mode, 0, 0, 0, Math.max(mtime, 0), '5'));
  }

  private void writeNamed(TarHeader header) throws IOException {
    if (TarHeader.isLong(header.name())) {
      writeExtension('L', (header.name() + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }
    append(header.toArray());
  }

  private void writeExtension(char type, byte[] data) throws IOException {
    append(new TarHeader("././@Extension", 0, 0, 0, data.length, 0, type).toArray());
    append(data);
    append(new byte[-data.length & (TarHeader.BLOCK - 1)]);
  }

  private void append(byte[] bytes) throws IOException {
    Blocks.write(to, written, bytes);
    written += bytes.length;
  }

  private void copy(long start, long end) throws IOException {
    to.position(written);
    long position = start;
    while (position < end) {
      long count = from.transferTo(position, end - position, to);
      if (count <= 0) {
        throw new EOFException("the archive changed while it was read");
      }
      position += count;
    }
    written += end - start;
    // The last entry of an archive that is not padded to a whole block.
    append(new byte[(int) (-(end - start) & (TarHeader.BLOCK - 1))]);
  }
}
