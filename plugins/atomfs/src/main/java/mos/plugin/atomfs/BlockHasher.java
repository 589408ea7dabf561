package mos.plugin.atomfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the blocks of a file with SHA-256 behind a salt, as dm-verity does, and hands out the hash
 * blocks that result. A pass over many blocks runs on several threads, each with buffers of a fixed
 * size, so that its memory does not depend on the file.
 */
final class BlockHasher {
  /** What is done with a hash block. Each thread has its own. */
  interface Step {
    /**
     * Takes a hash block.
     *
     * @param index its number in its level
     * @param hashBlock the digests of up to {@value VerityTree#FANOUT} blocks, then zeros; valid
     *     during the call
     * @throws MosException to end the pass
     */
    void accept(long index, byte[] hashBlock) throws IOException;
  }

  // Read at once: small enough to stay in the second-level cache between being read and being
  // hashed.
  private static final int BLOCKS_PER_READ = 32;

  // A thread is worth its start from this many hash blocks (of 512 KiB each) on.
  private static final int HASH_BLOCKS_PER_THREAD = 4;

  private final FileChannel channel;
  private final byte[] salt;

  BlockHasher(FileChannel channel, Bytes salt) {
    this.channel = channel;
    this.salt = salt.toArray();
  }

  /** The digest of one block. */
  byte[] digest(long position) throws IOException {
    byte[] block = new byte[VerityTree.BLOCK];
    Blocks.read(channel, position, block, block.length);
    MessageDigest sha256 = Digest.sha256();
    sha256.update(salt);
    return sha256.digest(block);
  }

  /**
   * Hashes {@code blocks} blocks from {@code position} on. The steps are called in no particular
   * order. The first failure ends the pass; when several blocks fail, the failure is that of the
   * first block in the file, whatever the threads did.
   *
   * @throws IOException when the file cannot be read or written
   */
  void pass(long position, long blocks, Supplier<Step> steps) throws IOException {
    Pass pass = new Pass(position, blocks);
    int threads =
        Math.clamp(
            pass.hashBlocks / HASH_BLOCKS_PER_THREAD,
            1,
            Runtime.getRuntime().availableProcessors());
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      others.add(
          Thread.ofPlatform().daemon().name("verity-" + i).start(() -> pass.work(steps.get())));
    }
    pass.work(steps.get());
    pass.await(others);
    pass.rethrow();
  }

  /** One pass: the hash blocks that are still to do, and the failure that ends it. */
  private final class Pass {
    private final long position;
    private final long blocks;
    private final long hashBlocks;
    private final AtomicLong next = new AtomicLong();
    private long failedAt = Long.MAX_VALUE;
    private @Nullable Throwable failure;

    Pass(long position, long blocks) {
      this.position = position;
      this.blocks = blocks;
      this.hashBlocks = Math.ceilDiv(blocks, (long) VerityTree.FANOUT);
    }

    /** Takes hash blocks in ascending order until none is left or one has failed. */
    void work(Step step) {
      MessageDigest sha256 = Digest.sha256();
      byte[] data = new byte[BLOCKS_PER_READ * VerityTree.BLOCK];
      byte[] hashBlock = new byte[VerityTree.BLOCK];
      while (!failed()) {
        long index = next.getAndIncrement();
        if (index >= hashBlocks) {
          return;
        }
        try {
          hash(index, sha256, data, hashBlock);
          step.accept(index, hashBlock);
        } catch (IOException | RuntimeException | Error e) {
          fail(index, e);
        }
      }
    }

    private void hash(long index, MessageDigest sha256, byte[] data, byte[] hashBlock)
        throws IOException {
      long first = index * VerityTree.FANOUT;
      int count = (int) Math.min(VerityTree.FANOUT, blocks - first);
      Arrays.fill(hashBlock, (byte) 0);
      for (int done = 0; done < count; done += BLOCKS_PER_READ) {
        int read = Math.min(BLOCKS_PER_READ, count - done);
        long at = position + (first + done) * VerityTree.BLOCK;
        Blocks.read(channel, at, data, read * VerityTree.BLOCK);
        digests(sha256, data, read, hashBlock, done * VerityTree.DIGEST);
      }
    }

    private synchronized boolean failed() {
      return failure != null;
    }

    private synchronized void fail(long index, Throwable cause) {
      if (index < failedAt) {
        failedAt = index;
        failure = cause;
      }
    }

    /** Waits for the other threads; an interrupt ends the pass, but no thread outlives it. */
    void await(List<Thread> others) {
      boolean interrupted = false;
      for (Thread other : others) {
        while (other.isAlive()) {
          try {
            other.join();
          } catch (InterruptedException e) {
            interrupted = true;
            fail(-1, new MosException(ErrorCode.RESOURCE, "interrupted while hashing blocks", e));
          }
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized void rethrow() throws IOException {
      if (failure == null) {
        return;
      }
      switch (failure) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Puts the digests of the first blocks of {@code data} where they belong. The only loop over
   * single blocks, and nothing but hashing in it: in one method with the reading, the just-in-time
   * compiler took it and all that it calls three times, which cost a sixth of the time for 1 GiB.
   */
  private void digests(MessageDigest sha256, byte[] data, int blocks, byte[] into, int offset) {
    try {
      for (int i = 0; i < blocks; i++) {
        if (salt.length > 0) {
          sha256.update(salt, 0, salt.length);
        }
        sha256.update(data, i * VerityTree.BLOCK, VerityTree.BLOCK);
        sha256.digest(into, offset + i * VerityTree.DIGEST, VerityTree.DIGEST);
      }
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes", e);
    }
  }
}
