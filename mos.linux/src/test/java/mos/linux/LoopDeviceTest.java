package mos.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopDeviceTest {
  @TempDir Path directory;

  @BeforeEach
  void root() throws IOException {
    RootOnly.assume();
  }

  private Path file(int fill) throws IOException {
    byte[] content = new byte[8192];
    java.util.Arrays.fill(content, (byte) fill);
    return Files.write(directory.resolve("file" + fill), content);
  }

  private static Path backing(String device) {
    return Path.of("/sys/block", Path.of(device).getFileName().toString(), "loop/backing_file");
  }

  @Test
  void deviceShowsTheFile() throws IOException {
    Path file = file(7);
    try (FileDescriptor open = FileDescriptor.read(file);
        FileDescriptor device = LoopDevice.of(open, 8192)) {
      assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(device.path()));
    }
  }

  @Test
  void deviceEndsWhereItIsToldTo() throws IOException {
    try (FileDescriptor open = FileDescriptor.read(file(7));
        FileDescriptor device = LoopDevice.of(open, 4096)) {
      assertEquals(4096, Files.readAllBytes(device.path()).length);
    }
  }

  @Test
  void deviceCannotBeWrittenTo() throws IOException {
    try (FileDescriptor open = FileDescriptor.read(file(7));
        FileDescriptor device = LoopDevice.of(open, 8192)) {
      Path node = Path.of(device.toString());
      assertThrows(IOException.class, () -> Files.write(node, new byte[512]));
    }
  }

  @Test
  void fileThatWasOpenedIsShownThoughItsNameMeansAnother() throws IOException {
    Path file = file(1);
    try (FileDescriptor open = FileDescriptor.read(file)) {
      Files.move(file(2), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      try (FileDescriptor device = LoopDevice.of(open, 8192)) {
        assertEquals(1, Files.readAllBytes(device.path())[0]);
      }
    }
  }

  @Test
  void lesson19DeviceGoesWithItsLastUser() throws IOException {
    String name;
    try (FileDescriptor open = FileDescriptor.read(file(7));
        FileDescriptor device = LoopDevice.of(open, 8192)) {
      name = device.toString();
      assertTrue(Files.exists(backing(name)));
    }
    Path backing = backing(name);
    // Another process may have been given the same number by now, for another file.
    assertFalse(
        Files.exists(backing) && Files.readString(backing).startsWith(directory.toString()));
  }

  @Test
  void manyAtATimeGetDevicesOfTheirOwn() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Integer>> jobs = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        int fill = i;
        Path file = file(fill);
        jobs.add(
            () -> {
              try (FileDescriptor open = FileDescriptor.read(file);
                  FileDescriptor device = LoopDevice.of(open, 8192)) {
                return Files.readAllBytes(device.path())[0] - fill;
              }
            });
      }
      for (Future<Integer> job : threads.invokeAll(jobs)) {
        assertEquals(0, job.get());
      }
    }
  }
}
