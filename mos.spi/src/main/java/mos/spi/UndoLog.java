package mos.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What has been done and how to take it back. A workflow pushes an undo for every effect; leaving
 * the block runs them in reverse order unless {@link #disarm} was called.
 *
 * <pre>{@code
 * try (var undo = new UndoLog()) {
 *   Files.createDirectory(dir);
 *   undo.push("remove " + dir, () -> Files.delete(dir));
 *   ...
 *   undo.disarm();
 * }
 * }</pre>
 *
 * Not thread-safe: one workflow, one thread.
 */
public final class UndoLog implements AutoCloseable {
  /** One undo. It may fail; the others still run. */
  @FunctionalInterface
  public interface Step {
    /** Takes the effect back. */
    void run() throws Exception;
  }

  private record Entry(String what, Step step) {}

  private final Deque<Entry> entries = new ArrayDeque<>();

  /** An empty log. */
  public UndoLog() {}

  /**
   * Records how to take back what was just done.
   *
   * @param what the undo in words, for the message if it fails
   */
  public void push(String what, Step undo) {
    entries.push(new Entry(what, undo));
  }

  /** Everything done so far stays. */
  public void disarm() {
    entries.clear();
  }

  /**
   * Takes back, last first, whatever is still armed.
   *
   * @throws MosException {@link ErrorCode#RESOURCE} when a step failed; further failures are
   *     suppressed in it
   */
  @Override
  public void close() {
    @Nullable MosException failure = null;
    while (!entries.isEmpty()) {
      Entry entry = entries.pop();
      try {
        entry.step().run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = collect(failure, entry, e);
      } catch (Exception e) {
        failure = collect(failure, entry, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static MosException collect(@Nullable MosException first, Entry entry, Exception e) {
    MosException failed =
        new MosException(
            ErrorCode.RESOURCE, "could not undo (" + entry.what() + "): " + e.getMessage(), e);
    if (first == null) {
      return failed;
    }
    first.addSuppressed(failed);
    return first;
  }
}
