package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.linux.Command;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks;
import mos.spi.disk.Disks.Permission;
import mos.spi.disk.MachineDisk;
import mos.spi.disk.PartitionRole;
import mos.spi.event.EventSink;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On loop devices with the real tools. */
class LinuxDisksTest {
  private static final DiskSizes SMALL = new DiskSizes(64, 64, 64);

  @TempDir Path directory;
  private final Disks disks = new LinuxDisks();

  @BeforeEach
  void root() throws IOException {
    LoopDisk.assume();
  }

  private LoopDisk loop(String... options) throws IOException {
    return LoopDisk.create(directory.resolve("disk"), 400, options);
  }

  private MachineDisk partition(LoopDisk disk) {
    return disks.partition(disk.device(), SMALL, EventSink.NONE);
  }

  private Optional<MachineDisk> found(LoopDisk disk) {
    return disks.find().stream()
        .filter(machine -> machine.device().equals(disk.device()))
        .findFirst();
  }

  private MosException refused(Path device, ErrorCode code, Permission... allowed) {
    Set<Permission> set = EnumSet.noneOf(Permission.class);
    set.addAll(List.of(allowed));
    MosException e = assertThrows(MosException.class, () -> disks.check(device, SMALL, set));
    assertEquals(code, e.code(), e.getMessage());
    return e;
  }

  @Test
  void partitionedDiskIsFound() throws IOException {
    try (LoopDisk disk = loop()) {
      assertEquals(Optional.empty(), found(disk));
      MachineDisk machine = partition(disk);
      assertTrue(machine.isComplete());
      assertEquals(Optional.of(machine), found(disk));
      for (Path node : machine.partitions().values()) {
        assertTrue(node.toString().matches(disk.device() + "p[1-4]"), node::toString);
      }
      try (FileChannel esp = FileChannel.open(machine.partition(PartitionRole.ESP))) {
        assertEquals(64 << 20, esp.size());
      }
      Command.of("gdisk", "sgdisk", "--verify", disk.device()).run();
    }
  }

  @Test
  void partitioningAgainLeavesNothingOfTheOldHeaders() throws IOException {
    try (LoopDisk disk = loop()) {
      MachineDisk machine = partition(disk);
      for (PartitionRole role : PartitionRole.values()) {
        try (FileChannel channel =
            FileChannel.open(machine.partition(role), StandardOpenOption.WRITE)) {
          channel.write(
              ByteBuffer.wrap("LUKS\u0001".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
          channel.write(ByteBuffer.allocate(1).put((byte) 1).flip(), 12 << 20);
          channel.force(true);
        }
      }
      MachineDisk again = partition(disk);
      for (PartitionRole role : PartitionRole.values()) {
        try (InputStream in = Files.newInputStream(again.partition(role))) {
          assertArrayEquals(new byte[16 << 20], in.readNBytes(16 << 20), role.label());
        }
      }
    }
  }

  @Test
  void diskOfLargeSectorsIsPartitionedAndFound() throws IOException {
    try (LoopDisk disk = loop("--sector-size=4096")) {
      MachineDisk machine = partition(disk);
      assertEquals(Optional.of(machine), found(disk));
    }
  }

  @Test
  void emptyDiskMayBeOverwritten() throws IOException {
    try (LoopDisk disk = loop()) {
      disks.check(disk.device(), SMALL, Set.of());
      Path link = Files.createSymbolicLink(directory.resolve("by-id"), disk.device());
      disks.check(link, SMALL, Set.of());
    }
  }

  @Test
  void lesson14SystemIsReplacedOnlyWhenThatIsSaid() throws IOException {
    try (LoopDisk disk = loop()) {
      MachineDisk machine = partition(disk);
      MosException e = refused(disk.device(), ErrorCode.USAGE, Permission.OVERWRITE);
      assertTrue(e.getMessage().contains("--replace-system"), e.getMessage());
      disks.check(disk.device(), SMALL, Set.of(Permission.REPLACE_SYSTEM));
      MosException part = refused(machine.partition(PartitionRole.ESP), ErrorCode.USAGE);
      assertTrue(part.getMessage().contains(disk.device().toString()), part.getMessage());
    }
  }

  @Test
  void contentIsOverwrittenOnlyWhenThatIsSaid() throws IOException {
    try (LoopDisk disk = loop()) {
      disk.run("mkfs.ext4", "-q", "-F");
      MosException e = refused(disk.device(), ErrorCode.USAGE, Permission.REPLACE_SYSTEM);
      assertTrue(e.getMessage().contains("ext4"), e.getMessage());
      assertTrue(e.getMessage().contains("--overwrite"), e.getMessage());
      disks.check(disk.device(), SMALL, Set.of(Permission.OVERWRITE));
    }
  }

  @Test
  void foreignPartitionsAreContent() throws IOException {
    try (LoopDisk disk = loop()) {
      disk.run("sgdisk", "--new=1:0:0");
      MosException e = refused(disk.device(), ErrorCode.USAGE);
      assertTrue(e.getMessage().contains("gpt"), e.getMessage());
    }
  }

  @Test
  void diskInUseIsNeverOverwritten() throws IOException {
    Path place = Files.createDirectory(directory.resolve("place"));
    try (LoopDisk disk = loop()) {
      MachineDisk machine = partition(disk);
      Path config = machine.partition(PartitionRole.CONFIG);
      disks.makeFileSystem(config, PartitionRole.CONFIG, EventSink.NONE);
      disks.mount(config, PartitionRole.CONFIG, place, false);
      try {
        MosException e = refused(disk.device(), ErrorCode.RESOURCE, Permission.values());
        assertTrue(e.getMessage().contains("is mounted at " + place), e.getMessage());
      } finally {
        disks.unmount(place);
      }
    }
  }

  @Test
  void claimedDiskIsNeverOverwritten() throws IOException {
    try (LoopDisk disk = loop();
        var claim = mos.linux.FileDescriptor.claim(disk.device())) {
      MosException e = refused(disk.device(), ErrorCode.RESOURCE, Permission.values());
      assertTrue(e.getMessage().contains("claimed"), claim + e.getMessage());
    }
  }

  @Test
  void swapIsNeverOverwritten() throws IOException {
    try (LoopDisk disk = loop()) {
      disk.run("mkswap");
      disk.run("swapon");
      try {
        MosException e = refused(disk.device(), ErrorCode.RESOURCE, Permission.values());
        assertTrue(e.getMessage().contains("swap"), e.getMessage());
      } finally {
        disk.run("swapoff");
      }
    }
  }

  @Test
  void readOnlyOrSmallDiskIsRefused() throws IOException {
    try (LoopDisk disk = loop("--read-only")) {
      MosException e = refused(disk.device(), ErrorCode.RESOURCE, Permission.values());
      assertTrue(e.getMessage().contains("cannot be written"), e.getMessage());
    }
    try (LoopDisk disk = LoopDisk.create(directory.resolve("small"), 300)) {
      MosException e = refused(disk.device(), ErrorCode.RESOURCE, Permission.values());
      assertTrue(e.getMessage().contains("has 300 MiB"), e.getMessage());
    }
  }

  @Test
  void whatIsNoBlockDeviceIsRefused() throws IOException {
    refused(directory.resolve("none"), ErrorCode.NOT_FOUND);
    refused(Files.createFile(directory.resolve("file")), ErrorCode.USAGE);
    refused(Path.of("/dev/null"), ErrorCode.USAGE);
  }

  @Test
  void fileSystemIsMountedWithItsAttributesAndFoundAgain() throws IOException {
    Path place = directory.resolve("new/place");
    try (LoopDisk disk = loop()) {
      MachineDisk machine = partition(disk);
      Path store = machine.partition(PartitionRole.STORE);
      disks.makeFileSystem(store, PartitionRole.STORE, EventSink.NONE);
      disks.mount(store, PartitionRole.STORE, place, false);
      disks.mount(store, PartitionRole.STORE, place, false);
      try {
        assertEquals(
            1,
            MountTable.current().entries().stream()
                .filter(entry -> entry.point().equals(place))
                .count());
        assertTrue(
            Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .anyMatch(line -> line.contains(place + " rw,nosuid,nodev,noexec")));
        Path deep = Files.createDirectories(place.resolve("a/b"));
        assertEquals(machine, disks.diskOf(deep));
        MosException busy =
            assertThrows(
                MosException.class,
                () ->
                    disks.mount(
                        machine.partition(PartitionRole.CONFIG),
                        PartitionRole.CONFIG,
                        place,
                        false));
        assertEquals(ErrorCode.BUSY, busy.code());
      } finally {
        disks.unmount(place);
      }
      disks.unmount(place);
      disks.unmount(directory.resolve("nowhere"));
      assertFalse(Files.exists(place.resolve("a")));
      disks.mount(store, PartitionRole.STORE, place, true);
      try {
        assertTrue(Files.exists(place.resolve("a/b")));
        assertThrows(IOException.class, () -> Files.createFile(place.resolve("c")));
      } finally {
        disks.unmount(place);
      }
      Command.of("e2fsprogs", "e2fsck", "-f", "-n", store).run();
    }
  }

  @Test
  void directoryOnAnotherDiskIsNotFound() {
    MosException e = assertThrows(MosException.class, () -> disks.diskOf(directory));
    assertEquals(ErrorCode.NOT_FOUND, e.code());
    assertThrows(MosException.class, () -> disks.diskOf(Path.of("/proc")));
  }

  @Test
  void systemPartitionIsFat32() throws IOException {
    try (LoopDisk disk = loop()) {
      Path esp = partition(disk).partition(PartitionRole.ESP);
      disks.makeFileSystem(esp, PartitionRole.ESP, EventSink.NONE);
      Command.of("dosfstools", "fsck.vfat", "-n", esp).run();
      String signature =
          Command.of(
                  "util-linux", "wipefs", "--no-act", "--noheadings", "--output", "TYPE,LABEL", esp)
              .run();
      assertTrue(signature.contains("ESP"), signature);
    }
  }

  @Test
  void systemPartitionIsMountedForRootOnly() throws IOException {
    Assumptions.assumeTrue(
        Files.readString(Path.of("/proc/filesystems")).contains("vfat"),
        "needs a kernel with vfat");
    Path place = directory.resolve("esp");
    try (LoopDisk disk = loop()) {
      Path esp = partition(disk).partition(PartitionRole.ESP);
      disks.makeFileSystem(esp, PartitionRole.ESP, EventSink.NONE);
      disks.mount(esp, PartitionRole.ESP, place, false);
      try {
        assertEquals(
            "rwx------",
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(place)));
      } finally {
        disks.unmount(place);
      }
    }
  }
}
