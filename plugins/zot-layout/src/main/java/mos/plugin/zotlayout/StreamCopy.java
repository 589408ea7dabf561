package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;

/**
 * Writes what a source sends and digests it on the way. When the source breaks off, it is asked for
 * the rest; what a crashed writer left counts as sent, after digesting it.
 */
final class StreamCopy {
  private static final int BUFFER = 256 << 10;
  private static final int TRIES = 3;
  private static final long PAUSE_MILLIS = 200;

  private final BlobSource source;
  private final FileChannel target;
  private final long size;
  private final LongConsumer written;
  private final MessageDigest sha256 = Digest.sha256();
  private long at;

  /** What went wrong with the source, as opposed to the disk. */
  private static final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final IOException failure;

    SourceException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private interface Closing extends AutoCloseable {
    @Override
    void close() throws SourceException;
  }

  StreamCopy(BlobSource source, FileChannel target, long size, LongConsumer written) {
    this.source = source;
    this.target = target;
    this.size = size;
    this.written = written;
  }

  /**
   * Copies.
   *
   * @param left how many bytes the target has already
   * @return the digest of the whole
   * @throws MosException REFUSED when the source has more or fewer bytes than it must, RESOURCE
   *     when it breaks off again and again
   * @throws IOException when writing fails
   */
  Digest run(long left) throws IOException {
    if (left > 0) {
      FileCopy.digest(target, sha256, 0, left);
      at = left;
      written.accept(left);
    }
    int tries = 0;
    while (at < size || tries == 0) {
      long before = at;
      try {
        copyRest();
        break;
      } catch (SourceException e) {
        tries = at > before ? 1 : tries + 1;
        if (tries == TRIES || !pause()) {
          throw MosException.io(
              "cannot read " + source.location() + " beyond " + at + " of " + size + " bytes",
              e.failure);
        }
      }
    }
    return Digest.finish(sha256.digest());
  }

  private void copyRest() throws IOException, SourceException {
    if (at == size && at > 0) {
      return;
    }
    byte[] buffer = new byte[BUFFER];
    InputStream in = open();
    try (Closing _ = () -> close(in)) {
      for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
        if (n > size - at) {
          throw MosException.refused(
              source.location() + ": sends more than the " + size + " bytes that it must have");
        }
        sha256.update(buffer, 0, n);
        write(buffer, n);
      }
    }
    if (at < size) {
      throw MosException.refused(source.location() + ": has " + at + " bytes, must have " + size);
    }
  }

  private void write(byte[] bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      int n = target.write(buffer, at);
      at += n;
      written.accept(n);
    }
  }

  private InputStream open() throws SourceException {
    try {
      return source.open(at);
    } catch (NoSuchFileException e) {
      throw new MosException(ErrorCode.NOT_FOUND, source.location() + ": is not there", e);
    } catch (IOException e) {
      throw new SourceException(e);
    }
  }

  private static void close(InputStream in) throws SourceException {
    try {
      in.close();
    } catch (IOException e) {
      throw new SourceException(e);
    }
  }

  private static int read(InputStream in, byte[] buffer) throws SourceException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new SourceException(e);
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
