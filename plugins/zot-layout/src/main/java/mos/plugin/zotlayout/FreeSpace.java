package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.file.Path;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/** What several blobs that are being written at once still need of the disk. */
final class FreeSpace {
  private final Path directory;
  private final Runnable cleaning;
  private long promised;

  /**
   * @param directory where is written
   * @param cleaning frees what crashed writers left there
   */
  FreeSpace(Path directory, Runnable cleaning) {
    this.directory = directory;
    this.cleaning = cleaning;
  }

  /** Bytes that one blob still needs. */
  final class Promise implements AutoCloseable {
    private long open;

    private Promise(long bytes) {
      open = bytes;
    }

    /** Some of them have been written. */
    void used(long bytes) {
      synchronized (FreeSpace.this) {
        long now = Math.min(open, bytes);
        open -= now;
        promised -= now;
      }
    }

    @Override
    public void close() {
      used(open);
    }
  }

  /**
   * Makes sure of room for a blob before its first byte is written.
   *
   * @throws MosException RESOURCE when there is not enough
   */
  synchronized Promise promise(long bytes) {
    if (free() < bytes) {
      cleaning.run();
      if (free() < bytes) {
        throw full(bytes, null);
      }
    }
    promised += bytes;
    return new Promise(bytes);
  }

  private long free() {
    return directory.toFile().getUsableSpace() - promised;
  }

  /** What to say when writing failed. */
  synchronized MosException failed(String what, long bytes, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    return reason.contains("No space left") || reason.contains("quota")
        ? full(bytes, cause)
        : MosException.io(what, cause);
  }

  private MosException full(long bytes, @Nullable IOException cause) {
    return new MosException(
        ErrorCode.RESOURCE,
        directory
            + ": not enough space: "
            + bytes
            + " bytes are needed, "
            + Math.max(0, free())
            + " are free; free some or use another directory",
        cause);
  }
}
