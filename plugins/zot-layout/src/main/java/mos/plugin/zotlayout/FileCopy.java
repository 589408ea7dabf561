package mos.plugin.zotlayout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import mos.linux.Storage;
import mos.spi.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Copies a local file without its bytes passing through this program: by sharing its blocks where
 * the file system can, else by the kernel. What is digested is the copy, while the rest is still
 * being copied and the disk already writes.
 */
final class FileCopy {
  private static final long STEP = 8L << 20;
  private static final int READ = 256 << 10;

  private final Path source;
  private final Partial target;
  private final long size;
  private final LongConsumer written;

  private long copied;
  private boolean ended;
  private @Nullable IOException failure;

  /**
   * @param size how much to copy at most
   * @param written told how many more bytes have been written
   */
  FileCopy(Path source, Partial target, long size, LongConsumer written) {
    this.source = source;
    this.target = target;
    this.size = size;
    this.written = written;
  }

  /**
   * Copies.
   *
   * @return the digest of the copy
   */
  Digest run() throws IOException {
    if (Storage.reflink(source, target.file())) {
      written.accept(size);
      return digest();
    }
    if (size <= STEP) {
      copy();
      return digest();
    }
    Thread copier = Thread.ofPlatform().name("copy").daemon().start(this::copyAll);
    try {
      return digestWhileCopying();
    } finally {
      stop();
      join(copier);
    }
  }

  private void copyAll() {
    try {
      copy();
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  private void copy() throws IOException {
    try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ)) {
      long at = 0;
      while (at < size && advance(at)) {
        long step = from.transferTo(at, Math.min(STEP, size - at), target.channel().position(at));
        if (step <= 0) {
          throw new IOException(source + " ended after " + at + " bytes, it had " + size);
        }
        if (size > STEP) {
          Storage.startWriting(target.file(), at, step);
        }
        at += step;
        written.accept(step);
      }
      advance(at);
    }
  }

  /** Says how far the copy is; false when nobody wants the rest. */
  private synchronized boolean advance(long bytes) {
    copied = bytes;
    notifyAll();
    return !ended;
  }

  private synchronized void stop() {
    ended = true;
  }

  private synchronized long waitBeyond(long bytes) throws IOException {
    while (copied <= bytes && failure == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return copied;
  }

  private Digest digestWhileCopying() throws IOException {
    MessageDigest sha256 = Digest.sha256();
    long at = 0;
    while (at < size) {
      long until = waitBeyond(at);
      digest(target.channel(), sha256, at, until);
      at = until;
    }
    return Digest.finish(sha256.digest());
  }

  private Digest digest() throws IOException {
    MessageDigest sha256 = Digest.sha256();
    digest(target.channel(), sha256, 0, size);
    return Digest.finish(sha256.digest());
  }

  /** Adds a part of a file to a digest. */
  static void digest(FileChannel file, MessageDigest sha256, long from, long until)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(READ);
    for (long at = from; at < until; ) {
      buffer.clear().limit((int) Math.min(READ, until - at));
      int read = file.read(buffer, at);
      if (read <= 0) {
        throw new IOException("the copy ended after " + at + " bytes");
      }
      sha256.update(buffer.array(), 0, read);
      at += read;
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
