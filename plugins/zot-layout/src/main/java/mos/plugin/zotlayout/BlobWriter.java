package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.BlobReport;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.model.Digest;
import mos.spi.store.BlobSource;

/** Receives blobs: not more of them at once than there are processors. */
final class BlobWriter {
  /** What is less than this comes again as fast as it is looked for. */
  private static final long KEPT = 1 << 20;

  private final Layout layout;
  private final LayoutFrame frame;
  private final FreeSpace space;
  private volatile boolean interrupted;
  private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors());

  BlobWriter(Layout layout, LayoutFrame frame) {
    this.layout = layout;
    this.frame = frame;
    this.space = new FreeSpace(layout.uploads(), () -> Partial.sweep(layout));
  }

  /**
   * Receives one blob.
   *
   * @return it, with the right digest and size, not yet flushed
   */
  Partial receive(Descriptor descriptor, BlobSource source, EventSink events) {
    frame.make();
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, source.location() + ": interrupted", e);
    }
    Partial partial = null;
    try {
      partial = Partial.open(frame, layout, descriptor.digest().hex());
      fill(partial, descriptor, source, events);
      Partial whole = partial;
      partial = null;
      return whole;
    } catch (MosException e) {
      if (partial != null && e.code() == ErrorCode.RESOURCE && isWorthKeeping(partial, source)) {
        interrupted = true;
        partial.leave();
      }
      throw e;
    } finally {
      permits.release();
      if (partial != null) {
        partial.close();
      }
    }
  }

  /** Whether a source broke off in the middle of something that took a while to come. */
  private static boolean isWorthKeeping(Partial partial, BlobSource source) {
    try {
      return source.file().isEmpty()
          && partial.channel().isOpen()
          && partial.channel().size() >= KEPT;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a part of a blob was left for the next run. */
  boolean isInterrupted() {
    return interrupted;
  }

  /** Makes sure of room for several blobs before the first byte of any of them. */
  void require(long bytes) {
    frame.make();
    space.promise(bytes).close();
  }

  private void fill(Partial partial, Descriptor descriptor, BlobSource source, EventSink events) {
    try {
      Optional<Path> file = source.file();
      if (file.isPresent()) {
        checkDigest(descriptor, source, copy(partial, file.get(), descriptor, events));
        return;
      }
      long left = Math.min(partial.channel().size(), descriptor.size());
      if (left > 0
          && stream(partial, left, descriptor, source, events).equals(descriptor.digest())) {
        return;
      }
      checkDigest(descriptor, source, stream(partial, 0, descriptor, source, events));
    } catch (IOException e) {
      partial.close();
      throw space.failed(
          "cannot write " + descriptor.digest() + " to " + layout.root(), descriptor.size(), e);
    }
  }

  private static void checkDigest(Descriptor descriptor, BlobSource source, Digest found) {
    if (!found.equals(descriptor.digest())) {
      throw MosException.refused(
          source.location()
              + ": must have the digest "
              + descriptor.digest()
              + ", its bytes have "
              + found);
    }
  }

  private Digest copy(Partial partial, Path file, Descriptor descriptor, EventSink events)
      throws IOException {
    checkFile(file, descriptor);
    partial.channel().truncate(0);
    Digest digest;
    try (FreeSpace.Promise promise = space.promise(descriptor.size())) {
      digest =
          new FileCopy(file, partial, descriptor.size(), reporting(descriptor, events, promise))
              .run();
    }
    checkFile(file, descriptor);
    return digest;
  }

  private static void checkFile(Path file, Descriptor descriptor) throws IOException {
    long size;
    try {
      size = Files.size(file);
    } catch (NoSuchFileException e) {
      throw new MosException(ErrorCode.NOT_FOUND, file + ": is not there", e);
    }
    if (!Files.isRegularFile(file)) {
      throw MosException.refused(file + ": is not a file");
    }
    if (size != descriptor.size()) {
      throw MosException.refused(file + ": has " + size + " bytes, must have " + descriptor.size());
    }
  }

  private Digest stream(
      Partial partial, long left, Descriptor descriptor, BlobSource source, EventSink events)
      throws IOException {
    partial.channel().truncate(left);
    try (FreeSpace.Promise promise = space.promise(descriptor.size() - left)) {
      return new StreamCopy(
              source, partial.channel(), descriptor.size(), reporting(descriptor, events, promise))
          .run(left);
    }
  }

  private static LongConsumer reporting(
      Descriptor descriptor, EventSink events, FreeSpace.Promise promise) {
    BlobReport report = new BlobReport(events, descriptor.digest(), descriptor.size());
    return new LongConsumer() {
      private long done;

      @Override
      public void accept(long more) {
        promise.used(more);
        done += more;
        report.at(done);
      }
    };
  }
}
