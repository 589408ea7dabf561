package mos.plugin.zotlayout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.spi.ErrorCode;
import mos.spi.MosException;

/** Brings blobs to the disk while others are still being received. */
final class Flushes implements AutoCloseable {
  private static final int AT_ONCE = 2;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, task -> Thread.ofPlatform().name("flush").daemon().unstarted(task));
  private final List<Future<?>> begun = new ArrayList<>();

  /** Begins to flush a blob. */
  synchronized void begin(Partial blob, long size) {
    begun.add(
        threads.submit(
            () -> {
              blob.channel().force(size > 0);
              return null;
            }));
  }

  /** Waits until everything that was begun is on the disk. */
  synchronized void await() {
    try {
      for (Future<?> flush : begun) {
        flush.get();
      }
      begun.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(ErrorCode.RESOURCE, "flushing blobs to the disk: interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io
          ? MosException.io("cannot flush a blob to the disk", io)
          : new MosException(ErrorCode.INTERNAL, "flushing blobs failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
