package mos.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import mos.spi.MosException;
import mos.spi.activate.Activation;
import mos.spi.activate.ServiceActivator;
import mos.spi.activate.ServiceState;
import mos.spi.model.Digest;
import mos.spi.model.ServiceType;
import mos.spi.verify.VerifiedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link ServiceActivator} owes. A plugin's tests extend it:
 *
 * <pre>{@code
 * class InventoryContractTest extends ActivatorContract {
 *   protected ServiceActivator activator() {
 *     return new InventoryActivator();
 *   }
 * }
 * }</pre>
 *
 * <p>Images are made of the files that {@link #files} returns; the host is a {@link CopyingHost}
 * unless {@link #host} says otherwise.
 */
public abstract class ActivatorContract {
  /** The service that the tests activate. */
  protected static final String SERVICE = "contract";

  private static final String NEIGHBOUR = "neighbour";

  private TestHost host;
  private ServiceActivator activator;
  private VerifiedImage first;
  private VerifiedImage second;

  /** For subclasses. */
  protected ActivatorContract() {}

  /** The activator under test, a new one for each test. */
  protected abstract ServiceActivator activator();

  /**
   * The host to activate on.
   *
   * @param root an empty directory that is removed after the test
   */
  protected TestHost host(Path root) {
    return new CopyingHost(root);
  }

  /**
   * The files of an image that the activator can start.
   *
   * @param version 1 and 2 are different images of one service
   */
  protected Map<String, String> files(int version) {
    return Map.of("version", version + "\n", "etc/motd", "hello\n");
  }

  @BeforeEach
  final void prepare(@TempDir Path directory) {
    host = host(directory);
    activator = activator();
    ServiceType type = activator.types().iterator().next();
    first = image(type, 1);
    second = image(type, 2);
  }

  @AfterEach
  final void cleanUp() {
    host.release();
    activator.stop(SERVICE, host);
    activator.stop(NEIGHBOUR, host);
    host.mounts().forEach(mount -> host.unmount(mount.destination()));
  }

  private VerifiedImage image(ServiceType type, int version) {
    VerifiedImage image = TestImages.image(SERVICE, type, "version " + version);
    host.store(image, files(version));
    return image;
  }

  private Optional<Digest> running() {
    ServiceState state = activator.state(SERVICE, host);
    assertOneLine(state.detail());
    return state.running();
  }

  private Activation.Outcome activate(VerifiedImage image) {
    Activation activation = activator.activate(image, host);
    assertOneLine(activation.detail());
    return activation.outcome();
  }

  private static void assertOneLine(String text) {
    assertFalse(text.isBlank(), "the detail tells a person something");
    assertTrue(text.lines().count() == 1, () -> "the detail is one line: " + text);
  }

  @Test
  final void itSaysWhichTypesItStarts() {
    assertFalse(activator.types().isEmpty());
    assertEquals(activator.types(), activator().types());
  }

  @Test
  final void theServiceLoaderFindsIt() {
    List<String> providers =
        ServiceLoader.load(ServiceActivator.class, activator.getClass().getClassLoader()).stream()
            .map(provider -> provider.type().getName())
            .toList();
    assertTrue(
        providers.contains(activator.getClass().getName()),
        () -> "module-info.java must provide " + activator.getClass() + ", found: " + providers);
  }

  @Test
  final void aServiceThatWasNeverStartedDoesNotRunAndAskingChangesNothing() {
    assertEquals(Optional.empty(), running());
    assertEquals(0, host.mountCalls());
  }

  @Test
  final void activatingStartsIt() {
    assertEquals(Activation.Outcome.STARTED, activate(first));
    assertEquals(Optional.of(first.digest()), running());
  }

  @Test
  final void activatingTheSameImageAgainDoesNothing() {
    activate(first);
    int calls = host.mountCalls();
    assertEquals(Activation.Outcome.UNCHANGED, activate(first));
    assertEquals(calls, host.mountCalls());
    assertEquals(Optional.of(first.digest()), running());
  }

  @Test
  final void anotherProcessSeesWhatRuns() {
    activate(first);
    ServiceActivator later = activator();
    assertEquals(Optional.of(first.digest()), later.state(SERVICE, host).running());
    assertEquals(Activation.Outcome.UNCHANGED, later.activate(first, host).outcome());
  }

  @Test
  final void activatingAnotherImageRestartsItAndLeavesNothingOfTheOld() {
    activate(first);
    assertEquals(Activation.Outcome.RESTARTED, activate(second));
    assertEquals(Optional.of(second.digest()), running());
    assertTrue(
        host.mounts().stream().noneMatch(mount -> mount.image().equals(first.digest())),
        () -> "still mounted: " + host.mounts());
  }

  @Test
  final void aFirstStartThatFailsLeavesItStoppedAndTheNextWorks() {
    int needed = mountsOfAStart();
    if (needed == 0) {
      return;
    }
    host.failNextMounts(1);
    assertThrows(MosException.class, () -> activate(first));
    assertEquals(Optional.empty(), running());
    assertEquals(List.of(), host.mounts());
    assertEquals(Activation.Outcome.STARTED, activate(first));
    assertEquals(Optional.of(first.digest()), running());
  }

  @Test
  final void aRestartThatFailsLeavesTheOldOrNothingAndTheNextWorks() {
    int needed = mountsOfAStart();
    activate(first);
    if (needed == 0) {
      return;
    }
    host.failNextMounts(1);
    assertThrows(MosException.class, () -> activate(second));
    Optional<Digest> now = running();
    assertTrue(now.isEmpty() || now.equals(Optional.of(first.digest())), now::toString);
    activate(second);
    assertEquals(Optional.of(second.digest()), running());
  }

  /** How many mounts a start takes: an activator that mounts nothing cannot fail at one. */
  private int mountsOfAStart() {
    activate(first);
    activator.stop(SERVICE, host);
    return host.mountCalls();
  }

  @Test
  final void stoppingLeavesNothingMounted() {
    activate(first);
    activate(second);
    activator.stop(SERVICE, host);
    assertEquals(Optional.empty(), running());
    assertEquals(List.of(), host.mounts());
  }

  @Test
  final void stoppingWhatDoesNotRunDoesNothing() {
    activator.stop(SERVICE, host);
    activate(first);
    activator.stop(SERVICE, host);
    activator.stop(SERVICE, host);
    assertEquals(Optional.empty(), running());
  }

  @Test
  final void afterAStopItStartsAgain() {
    activate(first);
    activator.stop(SERVICE, host);
    assertEquals(Activation.Outcome.STARTED, activate(second));
    assertEquals(Optional.of(second.digest()), running());
  }

  @Test
  final void servicesDoNotMeetEachOther() {
    VerifiedImage other = TestImages.image(NEIGHBOUR, first.target().serviceType(), "its own");
    host.store(other, files(1));
    activate(first);
    assertEquals(Activation.Outcome.STARTED, activator.activate(other, host).outcome());
    activator.stop(NEIGHBOUR, host);
    assertEquals(Optional.of(first.digest()), running());
  }
}
