package mos.plugin.gitupgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.upgrade.SystemState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration file system of its own, which gets full or cannot be written. */
class DifficultDiskTest {
  private static final int PAGE = 4096;

  @TempDir private Path directory;
  private Path config;

  @BeforeEach
  void mount() throws IOException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
    config = Files.createDirectory(directory.resolve("config"));
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount = context.set("size", "1m").mount(false)) {
      Mount.attach(mount, config);
    }
  }

  @AfterEach
  void unmount() {
    if (config != null) {
      Mount.detach(config);
    }
  }

  private Optional<String> version() {
    try (SystemState state = new GitStateProvider().read(config)) {
      return WriterProcess.version(state.current());
    }
  }

  /** Leaves so many free pages. */
  private Path fill(int pages) throws IOException {
    Path filler = config.resolve("filler");
    long free = Files.getFileStore(config).getUsableSpace();
    Files.write(filler, new byte[(int) free - pages * PAGE]);
    return filler;
  }

  @Test
  void lesson16AFullDiskAtAnyPointOfAnUpdateLeavesTheOldSystemAndTheUpdateWorksLater()
      throws IOException {
    WriterProcess.commit(config, "1");
    int failures = 0;
    for (int pages = 0; version().equals(Optional.of("1")); pages++) {
      Path filler = fill(pages);
      Map<String, String> before = Snapshot.of(config);
      try {
        WriterProcess.commit(config, "2");
      } catch (MosException e) {
        assertEquals(ErrorCode.RESOURCE, e.code(), e.getMessage());
        assertEquals(Optional.of("1"), version());
        assertEquals(before, Snapshot.of(config), pages + " free pages");
        failures++;
      }
      Files.delete(filler);
    }
    assertTrue(failures > 3, failures + " failures");
    assertEquals(Optional.of("2"), version());
    Git git = new Git(config.resolve("manifest.git"));
    assertFalse(git.run("fsck", "--strict").contains("error"));
  }

  @Test
  void lesson16AFullDiskAtAnyPointOfAnInstallLeavesNothingAndTheInstallWorksLater()
      throws IOException {
    int failures = 0;
    for (int pages = 0; version().isEmpty(); pages++) {
      Path filler = fill(pages);
      Map<String, String> before = Snapshot.of(config);
      try {
        WriterProcess.commit(config, "1");
      } catch (MosException e) {
        assertEquals(ErrorCode.RESOURCE, e.code(), e.getMessage());
        assertEquals(before, Snapshot.of(config), pages + " free pages");
        failures++;
      }
      Files.delete(filler);
    }
    assertTrue(failures > 3, failures + " failures");
    assertEquals(Optional.of("1"), version());
  }

  @Test
  void lesson15AFileSystemThatCannotBeWrittenIsReadAndRefusesWriters() throws IOException {
    WriterProcess.commit(config, "1");
    Git.output(List.of("mount", "-o", "remount,ro", config.toString()));
    assertEquals(Optional.of("1"), version());
    MosException error = assertThrows(MosException.class, () -> WriterProcess.commit(config, "2"));
    assertEquals(ErrorCode.RESOURCE, error.code(), error.getMessage());
    assertEquals(Optional.of("1"), version());
  }
}
