package mos.plugin.gitupgrade;

import static mos.plugin.gitupgrade.Manifests.complete;
import static mos.plugin.gitupgrade.Manifests.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.upgrade.SystemState;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.WritableSystemState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestLockTest {
  private static final GitStateProvider PROVIDER = new GitStateProvider();

  @TempDir private Path directory;

  private Path config() {
    return directory.resolve("a/config");
  }

  private void install() {
    UpgradePlan plan = new ManifestUpgrader().install(complete(target("hostfs", "1")));
    try (WritableSystemState state = PROVIDER.write(config(), "mosctl install")) {
      state.commit(plan.next(), plan.sources(), "install");
    }
  }

  private static MosException busy(Runnable attempt) {
    MosException error = assertThrows(MosException.class, attempt::run);
    assertEquals(ErrorCode.BUSY, error.code(), error.getMessage());
    return error;
  }

  @Test
  void lesson15AWriterKeepsEverybodyOutAndIsNamed() {
    install();
    try (WritableSystemState state = PROVIDER.write(config(), "mosctl update")) {
      assertTrue(state.current().isPresent());
      String holder = "'mosctl update', process " + ProcessHandle.current().pid();
      MosException writer = busy(() -> PROVIDER.write(config(), "mosctl install"));
      assertTrue(writer.getMessage().contains(holder), writer.getMessage());
      MosException reader = busy(() -> PROVIDER.read(config()));
      assertTrue(reader.getMessage().contains(holder), reader.getMessage());
    }
    try (SystemState state = PROVIDER.read(config())) {
      assertTrue(state.current().isPresent());
    }
  }

  @Test
  void lesson15ReadersShareAndKeepAWriterOutByName() {
    install();
    try (SystemState one = PROVIDER.read(config());
        SystemState two = PROVIDER.read(config())) {
      assertEquals(one.current().orElseThrow().revision(), two.current().orElseThrow().revision());
      MosException error = busy(() -> PROVIDER.write(config(), "mosctl update"));
      assertTrue(
          error.getMessage().contains("a reader, process " + ProcessHandle.current().pid()),
          error.getMessage());
    }
  }

  @Test
  void theOriginalsLockIsTheSame() throws Exception {
    install();
    Path file = config().resolve("manifest.lock");
    Process flock =
        new ProcessBuilder("flock", "--exclusive", file.toString(), "sh", "-c", "echo got; read x")
            .start();
    try {
      assertEquals('g', flock.getInputStream().read());
      busy(() -> PROVIDER.read(config()));
    } finally {
      flock.getOutputStream().close();
      assertEquals(0, flock.waitFor() & 0x7e);
    }
    PROVIDER.read(config()).close();
  }

  @Test
  void whatOpeningCreatedGoesWhenNothingIsCommitted() {
    try (WritableSystemState state = PROVIDER.write(config(), "mosctl install")) {
      assertTrue(state.current().isEmpty());
      assertTrue(Files.exists(config().resolve("manifest.lock")));
    }
    assertFalse(Files.exists(directory.resolve("a")));
    assertTrue(Files.exists(directory));
  }

  @Test
  void directoriesThatSomebodyElseUsedMeanwhileStay() throws IOException {
    try (WritableSystemState state = PROVIDER.write(config(), "mosctl install")) {
      assertTrue(state.current().isEmpty());
      Files.createFile(config().resolve("other"));
    }
    assertTrue(Files.exists(config().resolve("other")));
    assertFalse(Files.exists(config().resolve("manifest.lock")));
  }

  @Test
  void aLockFileThatWasThereIsLeftAsItWas() throws IOException {
    Files.createDirectories(config());
    Files.writeString(config().resolve("manifest.lock"), "4711 left by a crash\n");
    Map<String, String> before = Snapshot.of(directory);
    PROVIDER.write(config(), "mosctl update").close();
    assertEquals(before, Snapshot.of(directory));
  }

  @Test
  void anInstalledHostIsLeftAsItWasWhenNothingIsCommitted() throws IOException {
    install();
    Map<String, String> before = Snapshot.of(directory);
    PROVIDER.write(config(), "mosctl update").close();
    PROVIDER.read(config()).close();
    assertEquals(before, Snapshot.of(directory));
  }

  @Test
  void aHostWithoutALockFileIsReadable() throws IOException {
    install();
    Files.delete(config().resolve("manifest.lock"));
    Map<String, String> before = Snapshot.of(directory);
    try (SystemState state = PROVIDER.read(config())) {
      assertTrue(state.current().isPresent());
    }
    assertEquals(before, Snapshot.of(directory));
  }

  @Test
  void lesson15WritersThatComeAndGoNeverHoldItTogether() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Files.createDirectories(config());
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      java.util.List<Future<Integer>> results = new java.util.ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  int entered = 0;
                  for (int round = 0; round < 20; round++) {
                    try (WritableSystemState state = PROVIDER.write(config(), "a writer")) {
                      assertEquals(1, inside.incrementAndGet());
                      entered++;
                      assertTrue(state.current().isEmpty());
                      inside.decrementAndGet();
                    } catch (MosException e) {
                      assertEquals(ErrorCode.BUSY, e.code(), e.getMessage());
                    }
                  }
                  return entered;
                }));
      }
      start.countDown();
      int entered = 0;
      for (Future<Integer> result : results) {
        entered += result.get();
      }
      assertTrue(entered > 0);
    }
    assertFalse(Files.exists(config().resolve("manifest.lock")));
  }
}
