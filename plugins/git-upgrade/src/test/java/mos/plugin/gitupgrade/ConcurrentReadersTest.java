package mos.plugin.gitupgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import mos.spi.upgrade.SystemState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader without a lock (its file system cannot be written) beside a writer. */
class ConcurrentReadersTest {
  @TempDir private Path directory;

  @Test
  void aReaderSeesTheOldOrTheNewSystemAndNothingElseWhileCommitsArePassing() throws Exception {
    WriterProcess.commit(directory, "1");
    Path unlocked = directory.resolveSibling(directory.getFileName() + "-view");
    Files.createDirectories(unlocked);
    Files.createSymbolicLink(unlocked.resolve("manifest.git"), directory.resolve("manifest.git"));
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> reads =
          thread.submit(
              () -> {
                int count = 0;
                while (!done.get()) {
                  try (SystemState state = new GitStateProvider().read(unlocked)) {
                    Optional<String> version = WriterProcess.version(state.current());
                    assertTrue(version.isPresent());
                    count++;
                  }
                }
                return count;
              });
      try {
        for (int i = 0; i < 20; i++) {
          WriterProcess.commit(directory, "2");
          new Git(directory.resolve("manifest.git")).run("reset", "--hard", "HEAD^");
        }
      } finally {
        done.set(true);
      }
      assertTrue(reads.get() > 0);
    } finally {
      Files.delete(unlocked.resolve("manifest.git"));
      Files.delete(unlocked);
    }
    assertEquals(
        "1", new Git(directory.resolve("manifest.git")).run("rev-list", "--count", "HEAD"));
  }
}
