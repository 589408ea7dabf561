package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootPartition;
import mos.spi.boot.Bootkit;
import mos.spi.disk.DiskSizes;
import mos.spi.disk.Disks;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageStoreProvider;
import mos.spi.store.ImageTransport;
import mos.spi.store.TransportOptions;
import mos.spi.unlock.Secret;
import mos.spi.unlock.VolumeUnlocker;
import mos.spi.upgrade.SystemStateProvider;
import mos.spi.upgrade.Upgrader;
import mos.spi.verify.VerifiedManifest;
import mos.spi.verify.Verifier;
import mos.testkit.TrustingVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installing, under a root and onto a disk: in which order, and how often. */
class InstallationTest {
  private static final Reference URL = Reference.parse("oci:/srv/zot:machine/acme:1.0");
  private static final Path DISK = Path.of("/dev/none");

  @TempDir Path directory;

  private final List<String> done = new ArrayList<>();
  private final MemoryStore published = new MemoryStore();
  private final MemoryStore store = new MemoryStore();
  private final MemoryState state = new MemoryState();
  private final List<String> opened = new ArrayList<>();
  private final FakeMachine machine = new FakeMachine(done);
  private final Bytes hostfs = published.add("1");
  private final Bytes bootkit = published.addBootkit("1.aaaa");
  private final PluginCatalog plugins =
      new FakePlugins()
          .with(Verifier.class, new TrustingVerifier())
          .with(ImageTransport.class, new FakeTransport(published, opened))
          .with(ImageStoreProvider.class, _ -> store)
          .with(SystemStateProvider.class, new FakeStates(state))
          .with(Upgrader.class, new FirstUpgrader())
          .with(RootfsMounter.class, new FakeMounter(Bootkit.LOADER, Bootkit.UKI))
          .with(Disks.class, machine)
          .with(VolumeUnlocker.class, machine.volumes())
          .with(BootPartition.class, machine.systemPartition())
          .catalog();
  private final EventSink events =
      event -> {
        if (event instanceof Event.StepStarted(String step)) {
          done.add(step);
        }
      };
  private final TransportOptions options = new TransportOptions(false, Optional.empty(), events);
  private Host host;

  @BeforeEach
  void aHost() throws IOException {
    host = TestHosts.in(directory);
  }

  private void publish(String... targets) {
    Map<String, Bytes> images = new LinkedHashMap<>();
    for (String target : targets) {
      images.put(target, target.equals("bootkit") ? bootkit : hostfs);
    }
    published.publish("1.0", MemoryState.manifest(images));
  }

  private Installation installation() {
    return new Installation(plugins, host, options);
  }

  @Test
  void anInstallationFetchesVerifiesImportsAndCommitsInThisOrder() {
    publish("hostfs", "bootkit");
    Installation.Installed installed = installation().run(URL);
    assertEquals(
        List.of(
            "fetch manifest", "verify manifest", "import images", "flush store", "commit system"),
        done);
    assertEquals(List.of("hostfs", "bootkit"), installed.plan().added());
    assertEquals(installed.revision(), state.current().orElseThrow().revision());
    assertTrue(store.has(hostfs) && store.has(bootkit));
  }

  @Test
  void whatWasVerifiedIsInstalledWhateverThePublisherDoesMeanwhile() {
    publish("hostfs", "bootkit");
    VerifiedManifest manifest = installation().accept(URL);
    publish("hostfs");
    Installation.Installed installed = installation().run(URL, manifest);
    assertEquals(List.of("hostfs", "bootkit"), installed.plan().added());
    assertEquals(List.of("machine/acme", "mos"), opened);
  }

  @Test
  void aManifestThatMakesNoFirstSystemIsNotAccepted() {
    publish("bootkit");
    MosException e = assertThrows(MosException.class, () -> installation().accept(URL));
    assertEquals(ErrorCode.INVALID, e.code());
    assertThrows(MosException.class, () -> installation().run(URL));
    assertEquals(Optional.empty(), state.current());
  }

  @Test
  void aSystemThatIsThereStays() {
    publish("hostfs");
    installation().run(URL);
    MosException e = assertThrows(MosException.class, () -> installation().run(URL));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  private DiskInstallation.Installed installOnDisk() {
    try (Secret key = Secret.takeOver(new byte[32])) {
      return new DiskInstallation(plugins, directory, host.authority(), options)
          .run(URL, DISK, sizes -> new DiskSizes(64, sizes.configMiB(), 64), Set.of(), key);
    }
  }

  @Test
  void aDiskIsTouchedWhenAllIsVerifiedAndTheManifestIsFetchedOnce() {
    publish("hostfs", "bootkit");
    DiskInstallation.Installed installed = installOnDisk();
    assertEquals(List.of("hostfs", "bootkit"), installed.targets());
    List<String> steps =
        done.stream()
            .filter(step -> !step.startsWith("mount ") && !step.startsWith("unmount "))
            .toList();
    assertEquals(
        List.of(
            "fetch manifest",
            "verify manifest",
            "verify images",
            "check /dev/none",
            "partition /dev/none",
            "write a partition table",
            "file system esp"),
        steps.subList(0, 7));
    assertEquals(
        List.of(
            "import images",
            "flush store",
            "commit system",
            "make bootable",
            "add 1.aaaa",
            "start 1.aaaa once",
            "lock machine-scratch",
            "lock machine-store",
            "lock machine-config"),
        steps.subList(steps.indexOf("import images"), steps.size()));
    assertEquals(List.of("machine/acme", "mos", "mos"), opened);
    assertEquals(List.of(), machine.mounted());
  }

  @Test
  void aManifestWithoutABootkitLeavesTheDiskAlone() {
    publish("hostfs");
    MosException e = assertThrows(MosException.class, this::installOnDisk);
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains("'bootkit'"), e.getMessage());
    assertEquals(List.of("fetch manifest", "verify manifest"), done);
  }

  @Test
  void anImageThatIsNotThereLeavesTheDiskAlone() {
    publish("hostfs", "bootkit");
    published.lose(bootkit);
    MosException e = assertThrows(MosException.class, this::installOnDisk);
    assertEquals(ErrorCode.NOT_FOUND, e.code());
    assertEquals(List.of("fetch manifest", "verify manifest", "verify images"), done);
  }

  @Test
  void aDiskThatIsRefusedIsLeftAlone() {
    publish("hostfs", "bootkit");
    machine.refuse();
    assertThrows(MosException.class, this::installOnDisk);
    assertEquals("check /dev/none", done.getLast());
    assertFalse(state.current().isPresent());
  }
}
