package mos.bootstrap.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import mos.bootstrap.workflow.SystemStatus.Running;
import mos.bootstrap.workflow.SystemStatus.TargetStatus;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.mount.MountedImage;
import mos.spi.mount.RootfsMounter;
import mos.spi.store.ImageStoreProvider;
import mos.spi.upgrade.SystemStateProvider;
import mos.spi.verify.Verifier;
import mos.testkit.TrustingVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs is told apart from what is installed. */
class SystemStatusTest {
  private static final String OLD = "1.aaaa";
  private static final String NEW = "2.bbbb";

  @TempDir Path directory;

  private final MemoryState state = new MemoryState();
  private final MemoryStore store = new MemoryStore();
  private final FakeMounter mounter = new FakeMounter();
  private Host host;

  @BeforeEach
  void aHostWithAnAuthority() throws IOException {
    host = TestHosts.in(directory);
  }

  private String install(Bytes hostfs, Bytes bootkit) {
    Map<String, Bytes> images = new LinkedHashMap<>();
    images.put("hostfs", hostfs);
    images.put("bootkit", bootkit);
    return state.install(images);
  }

  private TargetStatus look(String target, Optional<String> started) {
    PluginCatalog plugins =
        new FakePlugins()
            .with(Verifier.class, new TrustingVerifier())
            .with(SystemStateProvider.class, new FakeStates(state))
            .with(ImageStoreProvider.class, _ -> store)
            .with(RootfsMounter.class, mounter)
            .catalog();
    return new SystemStatus(plugins, host, started, EventSink.NONE)
        .look(false).targets().stream()
            .filter(status -> status.name().equals(target))
            .findFirst()
            .orElseThrow();
  }

  private void assertBootkit(String expected, Running running, String started) {
    TargetStatus bootkit = look("bootkit", Optional.of(started));
    assertEquals(Optional.empty(), bootkit.problem());
    assertEquals(running, bootkit.running());
    assertEquals(expected, bootkit.state());
  }

  private static Running image(Bytes image) {
    return new Running.Image(image.digest());
  }

  @Test
  void theInstalledBootkitRunsWhenItStartedTheMachine() {
    Bytes bootkit = store.addBootkit(NEW);
    install(store.add("1"), bootkit);
    assertBootkit("running", image(bootkit), NEW);
  }

  @Test
  void noBootkitRunsWhereTheMachineWasStartedByNone() {
    install(store.add("1"), store.addBootkit(NEW));
    TargetStatus bootkit = look("bootkit", Optional.empty());
    assertEquals(new Running.Nothing(), bootkit.running());
    assertEquals("stopped", bootkit.state());
  }

  @Test
  void anUpdatedBootkitIsOutdatedUntilTheNextBootAndTheOneThatRunsIsGiven() {
    Bytes hostfs = store.add("1");
    Bytes older = store.addBootkit(OLD);
    install(hostfs, store.addBootkit("0.0000"));
    install(hostfs, older);
    install(store.add("2"), older);
    install(store.add("3"), store.addBootkit(NEW));
    assertBootkit("outdated", image(older), OLD);
  }

  @Test
  void aBootkitWithoutANameIsFoundByItsDigest() {
    Bytes older = store.add("nameless");
    install(store.add("1"), older);
    install(store.add("2"), store.addBootkit(NEW));
    assertBootkit("outdated", image(older), older.digest().hex().substring(0, 32));
  }

  @Test
  void aBootkitThatNoRevisionHasIsOutdatedByItsName() {
    install(store.add("1"), store.addBootkit(NEW));
    assertBootkit("outdated", new Running.Unknown("9.ffff"), "9.ffff");
  }

  @Test
  void revisionsWithoutBootkitOrManifestOrImageArePassedOver() {
    Bytes hostfs = store.add("1");
    Bytes older = store.addBootkit(OLD);
    install(hostfs, older);
    state.install(Map.of("hostfs", hostfs));
    state.loseManifests(install(hostfs, store.addBootkit("1.0001")));
    Bytes lost = store.addBootkit("1.0002");
    install(hostfs, lost);
    store.lose(lost);
    install(hostfs, store.addBootkit(NEW));
    assertBootkit("outdated", image(older), OLD);
    assertBootkit("outdated", new Running.Unknown("1.0002"), "1.0002");
  }

  @Test
  void aRevisionThatCannotBeReadHidesOnlyThoseBeforeIt() {
    Bytes hostfs = store.add("1");
    Bytes older = store.addBootkit(OLD);
    install(hostfs, store.addBootkit("0.0000"));
    String damaged = install(hostfs, store.addBootkit("0.0001"));
    install(hostfs, older);
    for (int i = 0; i < 5; i++) {
      install(store.add("x" + i), store.addBootkit("1.000" + i));
    }
    install(hostfs, store.addBootkit(NEW));
    state.damage(damaged);
    assertBootkit("outdated", image(older), OLD);
    assertBootkit("outdated", new Running.Unknown("0.0000"), "0.0000");
  }

  @Test
  void aDamagedBootkitIsSaidToBeDamagedWhateverRuns() {
    Bytes hostfs = store.add("1");
    install(hostfs, store.addBootkit(OLD));
    Bytes lost = store.addBootkit(NEW);
    install(hostfs, lost);
    store.lose(lost);
    TargetStatus bootkit = look("bootkit", Optional.of(OLD));
    assertEquals("damaged", bootkit.state());
    assertTrue(bootkit.problem().orElseThrow().contains(lost.digest().toString()));
  }

  @Test
  void anotherImageThatIsMountedAsRootIsOutdatedAndNoneIsStopped() {
    Bytes hostfs = store.add("1");
    install(hostfs, store.addBootkit(NEW));
    assertEquals("stopped", look("hostfs", Optional.empty()).state());
    mounter.mounted.add(new MountedImage(directory, hostfs.digest(), true));
    assertEquals("running", look("hostfs", Optional.empty()).state());
    Digest other = store.add("0").digest();
    mounter.mounted.set(0, new MountedImage(directory, other, true));
    TargetStatus outdated = look("hostfs", Optional.empty());
    assertEquals("outdated", outdated.state());
    assertEquals(new Running.Image(other), outdated.running());
  }
}
