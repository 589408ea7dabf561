package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import mos.spi.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountTest {
  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void root() throws IOException {
    RootOnly.assume();
    directory = Files.createDirectory(temporary.toRealPath().resolve("a:b,c\\ \n"));
  }

  private static FileDescriptor tmpfs(String source) {
    try (Mount.Context context = Mount.open("tmpfs")) {
      return context.set("source", source).mount(false);
    }
  }

  @Test
  void mountIsNowhereUntilItIsAttached() throws IOException {
    try (FileDescriptor mount = tmpfs("one")) {
      Files.writeString(mount.path().resolve("f"), "x");
      assertTrue(MountTable.current().at(directory).isEmpty());
      Mount.attach(mount, directory);
    }
    try {
      assertEquals("one", MountTable.current().at(directory).orElseThrow().source());
      assertEquals("x", Files.readString(directory.resolve("f")));
    } finally {
      Mount.unmount(directory);
    }
    assertFalse(Files.exists(directory.resolve("f")));
  }

  @Test
  void attachedMountIsOnTheOneBelow() throws IOException {
    try (FileDescriptor first = tmpfs("first");
        FileDescriptor second = tmpfs("second")) {
      // The one made last is attached first: the table's order says nothing.
      Mount.attach(second, directory);
      Mount.attach(first, directory);
    }
    try {
      MountTable table = MountTable.current();
      MountTable.Entry top = table.at(directory).orElseThrow();
      assertEquals("first", top.source());
      assertTrue(table.on(top).isEmpty());
    } finally {
      Mount.unmount(directory);
      Mount.unmount(directory);
    }
  }

  @Test
  void optionThatTheFileSystemDoesNotKnowIsNamed() {
    try (Mount.Context context = Mount.open("tmpfs")) {
      LinuxException e = assertThrows(LinuxException.class, () -> context.set("nonsense", "1"));
      assertEquals(LinuxException.EINVAL, e.errno());
      assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
    }
  }

  @Test
  void fileSystemThatTheKernelDoesNotKnowIsNamed() {
    LinuxException e = assertThrows(LinuxException.class, () -> Mount.open("nosuchfs"));
    assertEquals(LinuxException.ENODEV, e.errno());
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(e.getMessage().contains("nosuchfs"), e.getMessage());
  }

  @Test
  void lesson25MountInUseIsBusyAndCanBeUnmountedLater() throws IOException {
    try (FileDescriptor mount = tmpfs("one")) {
      Mount.attach(mount, directory);
    }
    try (var open = Files.newOutputStream(directory.resolve("f"))) {
      open.write(1);
      LinuxException e = assertThrows(LinuxException.class, () -> Mount.unmount(directory));
      assertEquals(ErrorCode.BUSY, e.code());
    }
    Mount.unmount(directory);
  }

  @Test
  void whatAThreadMountsInItsOwnNamespaceGoesUnseenWithIt() throws Exception {
    StringBuilder seen = new StringBuilder();
    Thread thread =
        new Thread(
            () -> {
              try (FileDescriptor host = Mount.leaveNamespace()) {
                try (FileDescriptor mount = tmpfs("hidden")) {
                  Mount.attach(mount, directory);
                }
                seen.append(MountTable.current().at(directory).orElseThrow().source());
                Mount.enterNamespace(host);
                seen.append(MountTable.current().at(directory).isPresent());
              }
            });
    thread.start();
    thread.join();
    assertEquals("hiddenfalse", seen.toString());
    assertTrue(MountTable.current().at(directory).isEmpty());
  }

  @Test
  void bindShowsWhatTheSourceShows() throws IOException {
    Path source = Files.createDirectory(directory.resolve("source"));
    Path target = Files.createDirectory(directory.resolve("target"));
    Files.writeString(source.resolve("f"), "x");
    Mount.bind(source, target);
    try {
      assertEquals("x", Files.readString(target.resolve("f")));
    } finally {
      Mount.unmount(target);
    }
  }

  @Test
  void attributesAreTheMounts() throws IOException {
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount =
            context.mount(
                Set.of(
                    Mount.Attribute.NO_SUID,
                    Mount.Attribute.NO_DEVICES,
                    Mount.Attribute.NO_PROGRAMS))) {
      Mount.attach(mount, directory);
    }
    try {
      Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertThrows(mos.spi.MosException.class, () -> Command.of("none", program.toString()).run());
      // The kernel escapes the directory's odd name; this file system is the only one with these.
      assertTrue(
          Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
              .anyMatch(line -> line.contains("a:b,c") && line.contains("rw,nosuid,nodev,noexec")));
    } finally {
      Mount.unmount(directory);
    }
  }
}
