package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.linux.Command;
import mos.linux.DeviceMapper;
import mos.linux.FileDescriptor;
import mos.linux.LoopDevice;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.mount.MountRequest;
import mos.spi.mount.MountedImage;
import mos.spi.verify.VerifiedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomfsMounterTest {
  private final AtomfsMounter mounter = new AtomfsMounter();
  @TempDir Path temporary;
  private MountFixture blobs;
  private Path directory;
  private Path run;
  private Path destination;

  @BeforeEach
  void prepare() throws IOException {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "needs root: it mounts file systems");
    directory = temporary.toRealPath();
    blobs = new MountFixture(directory.resolve("blobs"));
    run = directory.resolve("run");
    destination = directory.resolve("dest");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (directory == null) {
      return;
    }
    if (Files.exists(destination)) {
      mounter.unmount(destination, run, EventSink.NONE);
    }
    assertEquals(List.of(), MountFixture.lasting(directory));
  }

  private MountedImage mount(VerifiedImage image, Optional<Path> writable) {
    return mounter.mount(
        image, blobs::file, new MountRequest(destination, run, writable), EventSink.NONE);
  }

  private MountedImage readOnly(Descriptor... layers) {
    return mount(MountFixture.image(layers), Optional.empty());
  }

  private MountedImage writable(Descriptor... layers) {
    return mount(MountFixture.image(layers), Optional.of(directory.resolve("scratch")));
  }

  private void unmount() {
    mounter.unmount(destination, run, EventSink.NONE);
  }

  @Test
  void singleLayerIsReadableAndRefusesWrites() throws Exception {
    readOnly(blobs.squashfs(Map.of("a", "one")));
    assertEquals("one", Files.readString(destination.resolve("a")));
    assertThrows(IOException.class, () -> Files.writeString(destination.resolve("a"), "two"));
    assertThrows(IOException.class, () -> Files.writeString(destination.resolve("b"), "two"));
  }

  @Test
  void upperLayerHidesLowerOneWhateverTheirFileSystems() throws Exception {
    readOnly(blobs.squashfs(Map.of("a", "below", "b", "below")), blobs.erofs(Map.of("a", "above")));
    assertEquals("above", Files.readString(destination.resolve("a")));
    assertEquals("below", Files.readString(destination.resolve("b")));
  }

  @Test
  void lesson23WritableMountKeepsItsFilesAndShowsNoneOfTheMountPoint() throws Exception {
    Files.createDirectories(destination);
    Files.writeString(destination.resolve("hidden"), "x");
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    writable(layer);
    assertFalse(Files.exists(destination.resolve("hidden")));
    Files.writeString(destination.resolve("b"), "kept");
    unmount();
    assertEquals(List.of(), MountFixture.lasting(directory));
    assertTrue(Files.exists(destination.resolve("hidden")));
    writable(layer);
    assertEquals("kept", Files.readString(destination.resolve("b")));
    unmount();
    Files.delete(destination.resolve("hidden"));
  }

  @Test
  void lesson24SixtyLayersAreJoinedInTheirOrder() throws Exception {
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      layers.add(blobs.squashfs(Map.of("common", Integer.toString(i), "only-" + i, "x")));
    }
    readOnly(layers.toArray(Descriptor[]::new));
    assertEquals("59", Files.readString(destination.resolve("common")));
    for (int i = 0; i < 60; i++) {
      assertTrue(Files.exists(destination.resolve("only-" + i)), "layer " + i);
    }
  }

  @Test
  void lesson24AnyLegalPathCanBeADestination() throws Exception {
    destination = directory.resolve("a:b,c\\d e\nf=g\"h");
    run = directory.resolve("run:,\\ x");
    Path scratch = directory.resolve("sc:rat,ch\\ \n");
    mount(MountFixture.image(blobs.squashfs(Map.of("a", "one"))), Optional.of(scratch));
    Files.writeString(destination.resolve("b"), "two");
    unmount();
    assertEquals("two", Files.readString(scratch.resolve("upper/b")));
  }

  @Test
  void lesson24RepeatedLayerCountsWhereItIsTopmost() throws Exception {
    Descriptor one = blobs.squashfs(Map.of("a", "one"));
    Descriptor two = blobs.squashfs(Map.of("a", "two", "b", "two"));
    readOnly(one, two, one);
    assertEquals("one", Files.readString(destination.resolve("a")));
    assertEquals("two", Files.readString(destination.resolve("b")));
  }

  @Test
  void lesson38SameImageMountedAgainIsRecognised() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    MountedImage first = readOnly(layer);
    List<String> before = MountFixture.leftovers(directory);
    assertEquals(first, readOnly(layer));
    assertEquals(before, MountFixture.leftovers(directory));
  }

  @Test
  void lesson38AnotherImageOntoAMountIsRefused() throws Exception {
    readOnly(blobs.squashfs(Map.of("a", "one")));
    Descriptor other = blobs.squashfs(Map.of("a", "two"));
    MosException e = assertThrows(MosException.class, () -> readOnly(other));
    assertEquals(ErrorCode.BUSY, e.code());
    assertEquals("one", Files.readString(destination.resolve("a")));
  }

  @Test
  void lesson25BusyMountIsNamedAndCanBeUnmountedLater() throws Exception {
    readOnly(blobs.squashfs(Map.of("a", "one")));
    try (var open = Files.newInputStream(destination.resolve("a"))) {
      MosException e = assertThrows(MosException.class, this::unmount);
      assertEquals(ErrorCode.BUSY, e.code());
      assertTrue(e.getMessage().contains(destination.toString()), e.getMessage());
      assertEquals('o', open.read());
    }
    unmount();
    unmount();
  }

  @Test
  void mountedImageIsKnownByItsDestination() throws Exception {
    MountedImage mounted = writable(blobs.squashfs(Map.of("a", "one")));
    assertEquals(Optional.of(mounted), mounter.mounted(destination, run));
    assertTrue(mounter.mounted(run).contains(mounted));
    unmount();
    assertEquals(Optional.empty(), mounter.mounted(destination, run));
  }

  @Test
  void lesson25DamagedUpperLayerLeavesNothingOfTheLowerOnesMounted() throws Exception {
    Descriptor good = blobs.squashfs(Map.of("a", "one"));
    Descriptor bad = blobs.squashfs(Map.of("b", "two"));
    VerityFixture.flip(blobs.file(bad.digest()), 100);
    MosException e = assertThrows(MosException.class, () -> writable(good, bad));
    assertEquals(ErrorCode.REFUSED, e.code());
    assertTrue(e.getMessage().contains(bad.digest().hex()), e.getMessage());
    assertFalse(Files.exists(destination), "the mount point was not there before");
    assertFalse(Files.exists(directory.resolve("scratch")));
  }

  @Test
  void lesson28FlippedByteAnywhereInALayerIsRefused() throws Exception {
    Assumptions.assumeFalse(mapped(), "with device-mapper a block is checked when it is read");
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    long size = layer.size();
    for (long at = 0; at < size; at += 97) {
      if (isUuid(layer, at)) {
        continue;
      }
      VerityFixture.flip(blobs.file(layer.digest()), at);
      MosException e = assertThrows(MosException.class, () -> readOnly(layer), "byte " + at);
      assertEquals(ErrorCode.REFUSED, e.code());
      VerityFixture.flip(blobs.file(layer.digest()), at);
    }
    readOnly(layer);
  }

  @Test
  void flippedByteIsNeverShown() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    for (long at = 0; at < layer.size(); at += 397) {
      // Another file each time, so that no page of the last one is still in memory.
      Path damaged = Files.copy(blobs.file(layer.digest()), directory.resolve("damaged-" + at));
      VerityFixture.flip(damaged, at);
      String seen;
      try {
        mounter.mount(
            MountFixture.image(layer),
            digest -> damaged,
            new MountRequest(destination, run, Optional.empty()),
            EventSink.NONE);
        seen = Files.readString(destination.resolve("a"));
      } catch (MosException | IOException e) {
        seen = "refused";
      }
      assertTrue(List.of("one", "refused").contains(seen), "byte " + at + ": " + seen);
      unmount();
      assertEquals(List.of(), MountFixture.lasting(directory));
    }
  }

  @Test
  void lesson28DataThatIsNotWhatTheRootHashSaysIsRefusedOrCannotBeRead() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    VerityFixture.flip(blobs.file(layer.digest()), 96);
    assertThrows(
        Exception.class,
        () -> {
          readOnly(layer);
          Files.readString(destination.resolve("a"));
        });
  }

  private static boolean mapped() {
    Optional<DeviceMapper> mapper = DeviceMapper.open("verity");
    mapper.ifPresent(DeviceMapper::close);
    return mapper.isPresent();
  }

  /** The tree's UUID is a name that nothing reads and nothing protects. */
  private boolean isUuid(Descriptor layer, long at) throws IOException {
    try (var channel = java.nio.channels.FileChannel.open(blobs.file(layer.digest()))) {
      long uuid = LayerVerity.read(channel, layer.digest()).tree().superblockOffset() + 16;
      return at >= uuid && at < uuid + 16;
    }
  }

  @Test
  void layerWithoutARootHashIsRefused() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one")).withAnnotations(Map.of());
    MosException e = assertThrows(MosException.class, () -> readOnly(layer));
    assertEquals(ErrorCode.REFUSED, e.code());
  }

  @Test
  void lesson26ScanReadsEveryBlock() throws Exception {
    Descriptor squashfs = blobs.squashfs(Map.of("a", "one"));
    Descriptor erofs = blobs.erofs(Map.of("b", "two"));
    VerifiedImage image = MountFixture.image(squashfs, erofs);
    mounter.scan(image, blobs::file, EventSink.NONE);
    VerityFixture.flip(blobs.file(erofs.digest()), erofs.size() - 5000);
    MosException e =
        assertThrows(MosException.class, () -> mounter.scan(image, blobs::file, EventSink.NONE));
    assertEquals(ErrorCode.REFUSED, e.code());
  }

  @Test
  void twoImagesShareALayerAndEachLastsWithoutTheOther() throws Exception {
    Descriptor shared = blobs.squashfs(Map.of("a", "one"));
    Path other = directory.resolve("other");
    readOnly(shared);
    mounter.mount(
        MountFixture.image(shared, blobs.squashfs(Map.of("b", "two"))),
        blobs::file,
        new MountRequest(other, run, Optional.empty()),
        EventSink.NONE);
    unmount();
    assertEquals("one", Files.readString(other.resolve("a")));
    mounter.unmount(other, run, EventSink.NONE);
  }

  @Test
  void lesson19UnmountRemovesTheDirectoriesThatMountCreated() throws Exception {
    Files.createDirectories(directory.resolve("kept"));
    destination = directory.resolve("kept/a/b");
    readOnly(blobs.squashfs(Map.of("a", "one")));
    unmount();
    assertFalse(Files.exists(directory.resolve("kept/a")));
    assertTrue(Files.exists(directory.resolve("kept")));
    try (var left = Files.list(run)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void unmountKeepsDirectoriesThatSomebodyUses() throws Exception {
    destination = directory.resolve("a/b");
    readOnly(blobs.squashfs(Map.of("a", "one")));
    Files.writeString(directory.resolve("a/other"), "x");
    unmount();
    assertFalse(Files.exists(destination));
    assertEquals("x", Files.readString(directory.resolve("a/other")));
  }

  @Test
  void unmountOfADirectoryLeavesTheMountsBelowItAlone() throws Exception {
    destination = directory.resolve("above/dest");
    MountedImage mounted = readOnly(blobs.squashfs(Map.of("a", "one")));
    mounter.unmount(directory.resolve("above"), run, EventSink.NONE);
    assertEquals(Optional.of(mounted), mounter.mounted(destination, run));
  }

  @Test
  void unmountTakesOurMountsOnItWithIt() throws Exception {
    readOnly(blobs.squashfs(Map.of("sub/a", "one")));
    mounter.mount(
        MountFixture.image(blobs.squashfs(Map.of("b", "two"))),
        blobs::file,
        new MountRequest(destination.resolve("sub"), run, Optional.empty()),
        EventSink.NONE);
    assertEquals("two", Files.readString(destination.resolve("sub/b")));
    unmount();
    assertEquals(List.of(), MountFixture.lasting(directory));
  }

  @Test
  void mountOfOthersOnItIsNamedAndNothingIsUnmounted() throws Exception {
    MountedImage mounted = readOnly(blobs.squashfs(Map.of("sub/a", "one")));
    Path foreign = destination.resolve("sub");
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor tmpfs = context.mount(false)) {
      Mount.attach(tmpfs, foreign);
    }
    MosException e = assertThrows(MosException.class, this::unmount);
    assertEquals(ErrorCode.BUSY, e.code());
    assertTrue(e.getMessage().contains(foreign.toString()), e.getMessage());
    assertEquals(Optional.of(mounted), mounter.mounted(destination, run));
    Mount.unmount(foreign);
  }

  @Test
  void lesson38TwoAtATimeMountOnce() throws Exception {
    VerifiedImage image = MountFixture.image(blobs.squashfs(Map.of("a", "one")));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<MountedImage>> jobs =
          Collections.nCopies(8, () -> mount(image, Optional.empty()));
      for (Future<MountedImage> job : threads.invokeAll(jobs)) {
        assertEquals(image.digest(), job.get().image());
      }
    }
    assertEquals(
        1,
        MountTable.current().entries().stream()
            .filter(entry -> entry.point().equals(destination))
            .count());
  }

  @Test
  void secondWritableMountOverOneUpperDirectoryIsRefused() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    Path first = destination;
    writable(layer);
    Files.writeString(first.resolve("b"), "kept");
    destination = directory.resolve("second");
    MosException e = assertThrows(MosException.class, () -> writable(layer));
    assertEquals(ErrorCode.BUSY, e.code());
    assertTrue(e.getMessage().contains(first.toString()), e.getMessage());
    assertFalse(Files.exists(destination));
    destination = first;
    unmount();
    writable(layer);
    assertEquals("kept", Files.readString(destination.resolve("b")));
  }

  @Test
  void rootOfAWritableMountHasTheModeOfTheImagesRoot() throws Exception {
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    readOnly(layer);
    Object mode = Files.getAttribute(destination, "unix:mode");
    unmount();
    assertNotEquals(040755, mode);
    writable(layer);
    assertEquals(mode, Files.getAttribute(destination, "unix:mode"));
  }

  @Test
  void workDirectoryOfAKilledMachineIsNoObstacle() throws Exception {
    Path left = directory.resolve("scratch/work/work/#1a");
    Files.createDirectories(left);
    Files.writeString(left.resolve("f"), "half");
    writable(blobs.squashfs(Map.of("a", "one")));
    Files.writeString(destination.resolve("a"), "two");
    assertEquals("two", Files.readString(destination.resolve("a")));
  }

  @Test
  void upperDirectoryLastsOverAnUpdateOfTheImage() throws Exception {
    writable(blobs.squashfs(Map.of("a", "one", "b", "old")));
    Files.writeString(destination.resolve("a"), "changed");
    unmount();
    writable(blobs.squashfs(Map.of("a", "two", "b", "new")));
    assertEquals("changed", Files.readString(destination.resolve("a")));
    assertEquals("new", Files.readString(destination.resolve("b")));
  }

  @Test
  void fileInTheWayOfTheDestinationIsNamed() throws Exception {
    Files.writeString(destination, "x");
    MosException e =
        assertThrows(MosException.class, () -> readOnly(blobs.squashfs(Map.of("a", "one"))));
    assertEquals(ErrorCode.INVALID, e.code());
    Files.delete(destination);
  }

  @Test
  void foreignDeviceWithTheRightNameAndAnotherRootHashIsRefused() throws Exception {
    Assumptions.assumeTrue(mapped(), "needs device-mapper with dm-verity");
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    Descriptor other = blobs.squashfs(Map.of("a", "two"));
    String name = layer.digest().hex() + "-verity";
    try (DeviceMapper mapper = DeviceMapper.open("verity").orElseThrow();
        FileDescriptor file = FileDescriptor.read(blobs.file(other.digest()));
        FileDescriptor loop = LoopDevice.of(file, other.size())) {
      String root = other.annotations().get(MediaTypes.ROOT_HASH);
      mapper.create(
          name, 8, "verity", "1 " + loop + " " + loop + " 4096 4096 1 2 sha256 " + root + " -");
      MosException e = assertThrows(MosException.class, () -> readOnly(layer));
      assertEquals(ErrorCode.REFUSED, e.code());
      assertTrue(e.getMessage().contains(name), e.getMessage());
      mapper.remove(name);
    }
    readOnly(layer);
  }

  @Test
  void deviceOfAKilledProcessThatWasNeverActiveIsMadeAgain() throws Exception {
    Assumptions.assumeTrue(mapped(), "needs device-mapper with dm-verity");
    Descriptor layer = blobs.squashfs(Map.of("a", "one"));
    String name = layer.digest().hex() + "-verity";
    Command.of("dmsetup", "dmsetup", "create", name, "--notable").run();
    readOnly(layer);
    assertEquals("one", Files.readString(destination.resolve("a")));
    unmount();
    assertEquals(List.of(), MountFixture.lasting(directory));
    try (DeviceMapper mapper = DeviceMapper.open("verity").orElseThrow()) {
      assertEquals(Optional.empty(), mapper.find(name));
    }
  }

  @Test
  void twoImagesShareADeviceThatGoesWithTheLastOfThem() throws Exception {
    Assumptions.assumeTrue(mapped(), "needs device-mapper with dm-verity");
    Descriptor shared = blobs.squashfs(Map.of("a", "one"));
    String name = shared.digest().hex() + "-verity";
    Path other = directory.resolve("other");
    readOnly(shared);
    mounter.mount(
        MountFixture.image(shared, blobs.erofs(Map.of("b", "two"))),
        blobs::file,
        new MountRequest(other, run, Optional.empty()),
        EventSink.NONE);
    try (DeviceMapper mapper = DeviceMapper.open("verity").orElseThrow()) {
      unmount();
      assertTrue(mapper.find(name).isPresent());
      assertEquals("one", Files.readString(other.resolve("a")));
      mounter.unmount(other, run, EventSink.NONE);
      assertEquals(List.of(), MountFixture.lasting(directory));
      assertEquals(Optional.empty(), mapper.find(name));
    }
  }
}
