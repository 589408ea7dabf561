package mos.plugin.systemdactivate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.linux.MountTable;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.activate.Activation.Outcome;
import mos.spi.event.Event;
import mos.spi.model.ServiceType;
import mos.spi.model.StorageMount;
import mos.spi.verify.VerifiedImage;
import mos.testkit.TestImages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemActivatorTest {
  private static final String SERVICE = "web";

  private final FileSystemActivator activator = new FileSystemActivator();
  private final VerifiedImage first = TestImages.image(SERVICE, ServiceType.FS_ONLY, "1");
  private final VerifiedImage second = TestImages.image(SERVICE, ServiceType.FS_ONLY, "2");

  @TempDir private Path directory;
  private Path root;
  private MountingHost host;
  private Path visible;

  @BeforeEach
  void install() throws IOException {
    root = directory.toRealPath();
    host = new MountingHost(root);
    host.store(first, Map.of("www/index.html", "old"));
    host.store(second, Map.of("www/index.html", "new", "www/more.html", "more"));
    visible = root.resolve("mnt/atom/web");
  }

  @AfterEach
  void unmountEverything() {
    for (MountTable.Entry entry : MountTable.current().entries().reversed()) {
      if (root != null && entry.point().startsWith(root)) {
        Mount.detach(entry.point());
      }
    }
  }

  private Outcome activate(VerifiedImage image) {
    return activator.activate(image, host).outcome();
  }

  private List<Path> mountPoints() {
    return MountTable.current().entries().stream()
        .map(MountTable.Entry::point)
        .filter(point -> point.startsWith(root))
        .toList();
  }

  private String index() throws IOException {
    return Files.readString(visible.resolve("www/index.html"));
  }

  private boolean warned() {
    return host.reported().stream().anyMatch(Event.Warning.class::isInstance);
  }

  @Test
  void itsFilesAreAtMntAtom() throws IOException {
    assertEquals(Outcome.STARTED, activate(first));
    assertEquals("old", index());
  }

  @Test
  void theImageIsAskedForReadOnly() {
    activate(first);
    assertFalse(host.mounts().getFirst().writable());
  }

  @Test
  void lesson21TheSameDigestAgainTouchesNoMount() {
    activate(first);
    List<MountTable.Entry> before = MountTable.current().entries();
    assertEquals(Outcome.UNCHANGED, activate(first));
    assertEquals(before, MountTable.current().entries());
  }

  @Test
  void lesson21AnotherDigestShowsTheNewFiles() throws IOException {
    activate(first);
    assertEquals(Outcome.RESTARTED, activate(second));
    assertEquals("new", index());
    assertEquals("more", Files.readString(visible.resolve("www/more.html")));
    assertFalse(warned());
  }

  @Test
  void lesson19TwoMountsAreThereWhateverHappenedBefore() {
    activate(first);
    activate(second);
    activate(first);
    activate(second);
    assertEquals(2, mountPoints().size(), mountPoints()::toString);
  }

  @Test
  void lesson19StopLeavesNeitherMountsNorDirectories() {
    activate(first);
    activator.stop(SERVICE, host);
    assertEquals(List.of(), mountPoints());
    assertFalse(Files.exists(visible));
    assertFalse(Files.exists(root.resolve("run/mos/services/web")));
  }

  @Test
  void aProcessThatHasFilesOpenKeepsTheOldOnesAndOthersSeeTheNew() throws IOException {
    activate(first);
    try (InputStream open = Files.newInputStream(visible.resolve("www/index.html"))) {
      assertEquals(Outcome.RESTARTED, activate(second));
      assertEquals("new", index());
      assertEquals("old", new String(open.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals(2, mountPoints().size(), mountPoints()::toString);
  }

  @Test
  void aProcessThatStandsInTheServicesDirectoryDoesNotKeepItFromRestarting() throws Exception {
    activate(first);
    Process process =
        new ProcessBuilder("sh", "-c", "cd " + visible + "; echo there; read x; cat www/index.html")
            .start();
    try {
      assertEquals('t', process.getInputStream().read());
      assertEquals(Outcome.RESTARTED, activate(second));
      assertEquals("new", index());
    } finally {
      process.getOutputStream().close();
      process.waitFor();
    }
    String seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(seen.endsWith("old"), seen);
  }

  @Test
  void anImageInUseStaysWithAWarningAndTheNextActivationRemovesIt() throws IOException {
    activate(first);
    Path place = host.mounts().getFirst().destination();
    host.holdBusy(place);
    assertEquals(Outcome.RESTARTED, activate(second));
    assertEquals("new", index());
    assertTrue(warned());
    assertEquals(3, mountPoints().size(), mountPoints()::toString);
    host.release();
    assertEquals(Outcome.UNCHANGED, activate(second));
    assertEquals(2, mountPoints().size(), mountPoints()::toString);
    assertFalse(Files.exists(place));
  }

  @Test
  void stopSaysWhenAnImageIsInUseAndWorksLater() {
    activate(first);
    host.holdBusy(host.mounts().getFirst().destination());
    MosException error = assertThrows(MosException.class, () -> activator.stop(SERVICE, host));
    assertEquals(ErrorCode.BUSY, error.code());
    host.release();
    activator.stop(SERVICE, host);
    assertEquals(List.of(), mountPoints());
  }

  @Test
  void lesson16AfterACrashBeforeTheNewImageIsShownActivatingFinishesIt() throws IOException {
    activate(first);
    host.mount(second, root.resolve("run/mos/services/web/" + second.digest().hex()), none());
    assertEquals(Optional.of(first.digest()), activator.state(SERVICE, host).running());
    assertEquals(Outcome.RESTARTED, activate(second));
    assertEquals("new", index());
    assertEquals(2, mountPoints().size(), mountPoints()::toString);
  }

  @Test
  void lesson16AfterACrashBetweenOldAndNewActivatingFinishesIt() throws IOException {
    activate(first);
    host.mount(second, root.resolve("run/mos/services/web/" + second.digest().hex()), none());
    Mount.detach(visible);
    assertEquals(Optional.empty(), activator.state(SERVICE, host).running());
    assertEquals(Outcome.STARTED, activate(second));
    assertEquals("new", index());
    assertEquals(2, mountPoints().size(), mountPoints()::toString);
  }

  @Test
  void lesson16AfterACrashBeforeTheOldImageIsUnmountedActivatingFinishesIt() {
    activate(first);
    Path place = host.mounts().getFirst().destination();
    host.holdBusy(place);
    activate(second);
    host.release();
    activator.stop(SERVICE, host);
    assertEquals(List.of(), mountPoints());
  }

  private static Optional<Path> none() {
    return Optional.empty();
  }

  @Test
  void whatSomebodyElseMountedThereIsLeftAlone() throws IOException {
    Files.createDirectories(visible);
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount = context.mount(false)) {
      Mount.attach(mount, visible);
    }
    assertEquals(Optional.empty(), activator.state(SERVICE, host).running());
    MosException error = assertThrows(MosException.class, () -> activate(first));
    assertEquals(ErrorCode.BUSY, error.code());
    assertThrows(MosException.class, () -> activator.stop(SERVICE, host));
    assertEquals(List.of(visible), mountPoints());
  }

  @Test
  void aRootBehindALinkWorks() throws IOException {
    Path link = root.resolve("link");
    Files.createDirectory(root.resolve("real"));
    Files.createSymbolicLink(link, root.resolve("real"));
    MountingHost linked = new MountingHost(link);
    linked.store(first, Map.of("www/index.html", "old"));
    activator.activate(first, linked);
    assertEquals(Optional.of(first.digest()), activator.state(SERVICE, linked).running());
    assertEquals(Outcome.UNCHANGED, activator.activate(first, linked).outcome());
    activator.stop(SERVICE, linked);
    assertEquals(List.of(), mountPoints());
  }

  @Test
  void aMountThatFailsLeavesNoDirectories() {
    host.failNextMounts(1);
    assertThrows(MosException.class, () -> activate(first));
    assertFalse(Files.exists(visible));
    assertFalse(Files.exists(root.resolve("run/mos/services/web")));
  }

  @Test
  void volumesAreWarnedOf() {
    VerifiedImage image =
        TestImages.image(SERVICE, ServiceType.FS_ONLY, "v", new StorageMount("/data", "data"));
    host.store(image, Map.of());
    activate(image);
    assertTrue(warned());
  }
}
