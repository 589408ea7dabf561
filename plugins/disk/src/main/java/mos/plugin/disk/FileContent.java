package mos.plugin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** What files hold, to the byte. */
final class FileContent {
  /**
   * A UKI has tens of MiB. Read in pieces of 8 KiB into the heap, as by {@link Files#mismatch}, a
   * comparison takes 60 times the system calls and up to four times the processor time.
   */
  static final int PIECE = 256 << 10;

  private FileContent() {}

  /** Whether both are regular files that hold the same. Looks at the sizes first. */
  static boolean isSame(Path one, Path other) throws IOException {
    if (!Files.isRegularFile(one) || !Files.isRegularFile(other)) {
      return false;
    }
    try (FileChannel first = FileChannel.open(one);
        FileChannel second = FileChannel.open(other)) {
      return first.size() == second.size() && isSame(first, second);
    }
  }

  private static boolean isSame(FileChannel first, FileChannel second) throws IOException {
    ByteBuffer of = ByteBuffer.allocateDirect(PIECE);
    ByteBuffer and = ByteBuffer.allocateDirect(PIECE);
    do {
      fill(of, first);
      fill(and, second);
      if (!of.equals(and)) {
        return false;
      }
    } while (of.limit() == PIECE);
    return true;
  }

  /** Fills it, but at the end of the file. */
  private static void fill(ByteBuffer piece, FileChannel from) throws IOException {
    piece.clear();
    int n = 0;
    while (piece.hasRemaining() && n >= 0) {
      n = from.read(piece);
    }
    piece.flip();
  }
}
