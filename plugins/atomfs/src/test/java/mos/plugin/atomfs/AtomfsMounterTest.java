package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Descriptor;
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
  void nothingIsLeft() throws IOException {
    if (directory == null) {
      return;
    }
    if (Files.exists(destination)) {
      mounter.unmount(destination, run, EventSink.NONE);
    }
    assertEquals(List.of(), MountFixture.leftovers(directory));
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
    assertEquals(List.of(), MountFixture.leftovers(directory));
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
}
