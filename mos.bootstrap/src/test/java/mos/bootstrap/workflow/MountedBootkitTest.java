package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.Verifier;
import mos.testkit.TrustingVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bootkit is mounted for as long as it is used. */
class MountedBootkitTest {
  @TempDir Path directory;

  private final MemoryStore store = new MemoryStore();
  private Host host;

  @BeforeEach
  void aHost() throws IOException {
    host = TestHosts.in(directory);
  }

  private MountedBootkit mount(FakeMounter mounter) {
    PluginCatalog plugins =
        new FakePlugins()
            .with(Verifier.class, new TrustingVerifier())
            .with(RootfsMounter.class, mounter)
            .catalog();
    MemoryState state = new MemoryState();
    state.install(Map.of("bootkit", store.addBootkit("1.aaaa")));
    VerifiedImage image =
        new VerifiedSystem(state.current().orElseThrow(), host.gate(plugins), Optional.empty())
            .image("bootkit", store);
    MountedBootkit mounted = MountedBootkit.mount(plugins, host, image, store, EventSink.NONE);
    assertEquals(
        List.of(new MountedImage(mounted.place(), image.digest(), false)), mounter.mounted);
    return mounted;
  }

  @Test
  void itsFilesAreThereUntilItIsClosed() throws IOException {
    FakeMounter mounter = new FakeMounter(Bootkit.LOADER, Bootkit.UKI);
    Path place;
    try (MountedBootkit mounted = mount(mounter)) {
      place = mounted.place();
      assertEquals(host.directories().run(), place.getParent());
      Bootkit bootkit = mounted.bootkit();
      assertEquals("1.aaaa", bootkit.id());
      assertEquals(Bootkit.UKI, Files.readString(bootkit.uki()));
      assertEquals(Bootkit.LOADER, Files.readString(bootkit.loader()));
    }
    assertEquals(List.of(), mounter.mounted);
    assertFalse(Files.exists(place));
  }

  @Test
  void anImageThatIsNoBootkitIsRefusedAndUnmounted() {
    FakeMounter mounter = new FakeMounter("etc/passwd");
    MosException e =
        assertThrows(
            MosException.class,
            () -> {
              try (MountedBootkit mounted = mount(mounter)) {
                mounted.bootkit();
              }
            });
    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals(List.of(), mounter.mounted);
  }
}
