package mos.plugin.atomfs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import mos.linux.Command;
import mos.spi.MosException;

/**
 * A tar file made ready for the program that makes a file system from it: decompressed and
 * rewritten.
 *
 * @param tar the rewritten archive ({@link TarRewrite})
 * @param survey of the original
 */
record TarSource(Path tar, TarSurvey survey) {
  private static final String GZIP = "1f8b";
  private static final String ZSTD = "28b52ffd";
  private static final String XZ = "fd377a585a00";
  private static final String BZIP2 = "425a68";

  /**
   * Prepares a tar file; plain, or compressed with gzip, zstd or xz.
   *
   * @param work a directory for what is made from it
   * @throws MosException INVALID when it is no tar file or cannot become a file system
   */
  static TarSource prepare(Path source, Path work) throws IOException {
    Path plain = decompress(source, work.resolve("plain.tar"));
    Path tar = work.resolve("layer.tar");
    try (FileChannel from = FileChannel.open(plain);
        FileChannel to =
            FileChannel.open(tar, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      TarSurvey survey = TarSurvey.of(from, source.toString());
      TarRewrite.write(from, source.toString(), survey, to);
      return new TarSource(tar, survey);
    } finally {
      if (!plain.equals(source)) {
        Files.delete(plain);
      }
    }
  }

  /** The file that holds the plain archive: the source itself, or {@code into}. */
  private static Path decompress(Path source, Path into) throws IOException {
    String magic;
    try (InputStream in = Files.newInputStream(source)) {
      magic = HexFormat.of().formatHex(in.readNBytes(6));
    }
    if (magic.startsWith(GZIP)) {
      try (InputStream in =
          new GZIPInputStream(new BufferedInputStream(Files.newInputStream(source)))) {
        Files.copy(in, into);
      } catch (ZipException e) {
        throw MosException.invalid("%s: damaged gzip data: %s".formatted(source, e.getMessage()));
      }
      return into;
    }
    if (magic.startsWith(ZSTD)) {
      Command.of("zstd", "zstd", "-dq", source, "-o", into).limit(FilesystemTool.LIMIT).run();
      return into;
    }
    if (magic.startsWith(XZ)) {
      // xz writes beside what it reads, and may have that only for itself.
      Path copy = Files.copy(source, into.resolveSibling(into.getFileName() + ".xz"));
      Command.of("xz-utils", "xz", "-dq", copy).limit(FilesystemTool.LIMIT).run();
      return into;
    }
    if (magic.startsWith(BZIP2)) {
      throw MosException.invalid(source + ": bzip2 is not supported; use gzip, zstd or xz");
    }
    return source;
  }
}
