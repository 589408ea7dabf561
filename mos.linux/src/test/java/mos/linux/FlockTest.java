package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlockTest {
  @TempDir Path directory;

  @Test
  void exclusiveLockKeepsOthersOutUntilItIsClosed() {
    Path file = directory.resolve("lock");
    try (Flock held = Flock.tryLock(file, Flock.Mode.EXCLUSIVE, true).orElseThrow()) {
      assertTrue(Flock.tryLock(file, Flock.Mode.SHARED, false).isEmpty(), held.toString());
    }
    Flock.tryLock(file, Flock.Mode.SHARED, false).orElseThrow().close();
  }

  @Test
  void readersShareTheLock() {
    Path file = directory.resolve("lock");
    Flock.tryLock(file, Flock.Mode.EXCLUSIVE, true).orElseThrow().close();
    try (Flock one = Flock.tryLock(file, Flock.Mode.SHARED, false).orElseThrow();
        Flock two = Flock.tryLock(file, Flock.Mode.SHARED, false).orElseThrow()) {
      assertTrue(Flock.tryLock(file, Flock.Mode.EXCLUSIVE, false).isEmpty(), one + " " + two);
    }
  }

  @Test
  void missingFileIsNotCreatedUnlessAskedFor() {
    Path file = directory.resolve("none");
    LinuxException e =
        assertThrows(LinuxException.class, () -> Flock.tryLock(file, Flock.Mode.SHARED, false));
    assertEquals(LinuxException.ENOENT, e.errno());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void waitsForTheLockAsLongAsItIsToldTo() throws Exception {
    Path file = directory.resolve("lock");
    try (Flock held = Flock.tryLock(file, Flock.Mode.EXCLUSIVE, true).orElseThrow()) {
      assertTrue(
          Flock.lock(file, Flock.Mode.EXCLUSIVE, false, Duration.ofMillis(20)).isEmpty(),
          held.toString());
    }
    Flock.lock(file, Flock.Mode.EXCLUSIVE, false, Duration.ofSeconds(10)).orElseThrow().close();
  }

  @Test
  void knowsWhetherItsFileStillHasItsName() throws Exception {
    Path file = directory.resolve("lock");
    try (Flock held = Flock.tryLock(file, Flock.Mode.EXCLUSIVE, true).orElseThrow()) {
      assertTrue(held.isStill(file));
      Files.move(file, directory.resolve("renamed"));
      assertFalse(held.isStill(file));
      Files.createFile(file);
      assertFalse(held.isStill(file));
      assertTrue(held.isStill(directory.resolve("renamed")));
    }
  }

  @Test
  void directoryCanBeLocked() {
    try (Flock held = Flock.tryLock(directory, Flock.Mode.EXCLUSIVE, false).orElseThrow()) {
      assertTrue(Flock.tryLock(directory, Flock.Mode.EXCLUSIVE, false).isEmpty(), held.toString());
    }
  }
}
