package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.Event;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.store.BlobSource;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.Exchange;
import mos.testkit.registry.Fault;
import mos.testkit.registry.FaultPlan;
import mos.testkit.registry.FaultProxy;
import mos.testkit.registry.RegistrySetup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line, or a server, that does not do what it should. */
class FaultsTest {
  private static final Selector BY_TAG = new Selector.Tag("1");
  private static final Sample SAMPLE = Sample.image(1, 3_000_000);
  private static final Predicate<FaultPlan.Request> BLOBS = on("GET", "/blobs/");
  private static final Predicate<FaultPlan.Request> MANIFESTS = on("GET", "/manifests/");

  private static DockerRegistry registry;

  @TempDir Path directory;
  private Machine machine;
  private FaultProxy proxy;

  private static Predicate<FaultPlan.Request> on(String method, String part) {
    return request -> request.method().equals(method) && request.target().contains(part);
  }

  @BeforeAll
  static void serve(@TempDir Path shared) throws IOException {
    registry = DockerRegistry.start(RegistrySetup.in(shared.resolve("registry")));
    try (Machine machine = new Machine(shared.resolve("machine"));
        ImageDestination destination = machine.destination(registry.host(), "image")) {
      SAMPLE.push(destination, Optional.of("1"));
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void start() throws IOException {
    machine = new Machine(directory.resolve("machine"));
    proxy = FaultProxy.start(registry.uri());
  }

  @AfterEach
  void end() {
    machine.close();
    proxy.close();
  }

  private ImageSource source() {
    return machine.source(proxy.host(), "image");
  }

  private MosException resolveFails() {
    try (ImageSource source = source()) {
      return assertThrows(
          MosException.class,
          () -> source.manifest(source.resolve(BY_TAG).orElse(SAMPLE.descriptor())));
    }
  }

  /** Reads as a store does: after a break it asks for the rest. */
  private static long read(BlobSource blob, Descriptor descriptor) throws IOException {
    long at = 0;
    byte[] buffer = new byte[100_000];
    IOException last = null;
    for (int tries = 0; tries < 5 && at < descriptor.size(); tries++) {
      try (InputStream in = blob.open(at)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          at += n;
        }
      } catch (IOException e) {
        last = e;
      }
    }
    if (at < descriptor.size() && last != null) {
      throw last;
    }
    return at;
  }

  @Test
  void whatBrokeOffIsResumedAndNothingFetchedTwice() throws IOException {
    proxy.plan(FaultPlan.first(2, BLOBS, new Fault.BreakAnswer(1_200_000, false)));
    try (ImageSource source = source()) {
      assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
    }
    List<Exchange> blobs =
        proxy.exchanges().stream().filter(call -> call.target().contains("/blobs/")).toList();
    assertEquals(3, blobs.size(), blobs::toString);
    assertTrue(blobs.get(1).range().isPresent(), blobs::toString);
    assertEquals(SAMPLE.layer(0).size(), blobs.stream().mapToLong(Exchange::answerBytes).sum());
  }

  @Test
  void aServerWithoutRangesSendsItAllAgain() throws IOException {
    proxy.plan(
        request ->
            BLOBS.test(request)
                ? request.range().isPresent()
                    ? new Fault.IgnoreRange()
                    : new Fault.BreakAnswer(500_000, false)
                : new Fault.None());
    try (ImageSource source = source()) {
      assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
    }
  }

  @Test
  void whoIsBusyIsAskedAgain() {
    proxy.plan(FaultPlan.first(2, MANIFESTS, Fault.busy(503, "0")));
    try (ImageSource source = source()) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
    }
    proxy.plan(FaultPlan.first(1, MANIFESTS, Fault.busy(429, "1")));
    try (ImageSource source = source()) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
    }
  }

  @Test
  void whoWantsToBeLeftAloneForAnHourIsNotWaitedFor() {
    proxy.plan(FaultPlan.always(MANIFESTS, Fault.busy(429, "3600")));
    MosException e = resolveFails();
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("429"), e::toString);
  }

  @Test
  void aConnectionThatBreaksIsMadeAgain() {
    proxy.plan(FaultPlan.first(2, MANIFESTS, new Fault.BreakAtOnce()));
    try (ImageSource source = source()) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
    }
  }

  @Test
  void anAlteredManifestIsRefusedByItsDigest() {
    proxy.plan(FaultPlan.always(MANIFESTS, new Fault.CorruptByte(40)));
    try (ImageSource source = source()) {
      MosException e = assertThrows(MosException.class, () -> source.manifest(SAMPLE.descriptor()));
      assertEquals(ErrorCode.REFUSED, e.code());
    }
  }

  @Test
  void aServersWordForADigestCountsForNothing() {
    proxy.plan(
        FaultPlan.always(
            MANIFESTS,
            new Fault.ReplaceHeader("Docker-Content-Digest", "sha256:" + "0".repeat(64))));
    try (ImageSource source = source()) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
    }
  }

  @Test
  void anotherLengthThanItMustHaveIsRefused() {
    proxy.plan(FaultPlan.always(BLOBS, new Fault.WrongLength(5)));
    try (ImageSource source = source()) {
      MosException e =
          assertThrows(MosException.class, () -> source.blob(SAMPLE.layer(0)).open(0).close());
      assertEquals(ErrorCode.REFUSED, e.code());
    }
  }

  @Test
  void aManifestWithoutAnEndIsNotReadToIt() {
    proxy.plan(FaultPlan.always(MANIFESTS, new Fault.Endless()));
    assertEquals(ErrorCode.INVALID, resolveFails().code());
  }

  @Test
  void whoSendsUsRoundInCirclesIsLeft() {
    proxy.plan(FaultPlan.always(MANIFESTS, new Fault.RedirectToSelf()));
    MosException e = resolveFails();
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("on and on"), e::toString);
  }

  @Test
  void whoSendsUsElsewhereIsFollowed() throws IOException {
    proxy.plan(
        FaultPlan.always(
            BLOBS,
            new Fault.RedirectTo(
                registry.uri().resolve("/v2/image/blobs/" + SAMPLE.layer(0).digest()))));
    try (ImageSource source = source()) {
      assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
    }
  }

  @Test
  void anUploadThatBreaksIsSentAgain() {
    Sample sample = Sample.image(20, 700_000);
    proxy.plan(FaultPlan.first(2, on("PUT", "/blobs/uploads/"), new Fault.BreakRequest(300_000)));
    try (ImageDestination destination = machine.destination(proxy.host(), "other")) {
      sample.push(destination, Optional.of("1"));
      assertTrue(destination.contains(sample.layer(0)));
    }
  }

  @Test
  void anUploadThatIsForgottenEachTimeFails() {
    Sample sample = Sample.image(22, (int) BlobUpload.PIECE + 1000);
    proxy.plan(
        request -> {
          boolean uploads = request.target().contains("/blobs/uploads/");
          return uploads && request.method().equals("GET")
              ? Fault.busy(404, "")
              : uploads
                      && request.method().equals("PUT")
                      && request.target().contains(sample.layer(0).digest().toString())
                  ? Fault.busy(503, "")
                  : Fault.NONE;
        });
    try (ImageDestination destination = machine.destination(proxy.host(), "other")) {
      MosException e =
          assertTimeoutPreemptively(
              Duration.ofMinutes(2),
              () ->
                  assertThrows(
                      MosException.class, () -> sample.push(destination, Optional.of("1"))));
      assertEquals(ErrorCode.RESOURCE, e.code());
    }
    assertEquals(
        Patience.TRIES,
        proxy.exchanges().stream().filter(call -> call.method().equals("PATCH")).count());
  }

  @Test
  void aRefusedUploadFails() {
    Sample sample = Sample.image(21, 1000);
    proxy.plan(FaultPlan.always(on("POST", "/blobs/uploads/"), Fault.busy(507, "0")));
    try (ImageDestination destination = machine.destination(proxy.host(), "other")) {
      MosException e =
          assertThrows(MosException.class, () -> sample.push(destination, Optional.of("1")));
      assertEquals(ErrorCode.RESOURCE, e.code());
    }
  }

  @Test
  void aMirrorThatDoesNotWorkIsPassedOver() throws IOException {
    proxy.plan(FaultPlan.always(request -> true, Fault.busy(404, "")));
    machine.registries(
        """
        [[registry]]
        location = "%s"
        [[registry.mirror]]
        location = "%s"
        """
            .formatted(registry.host(), proxy.host()));
    try (ImageSource source = machine.source(registry.host(), "image")) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
      assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
    }
    assertTrue(!proxy.exchanges().isEmpty(), "the mirror was asked");
  }

  @Test
  void aMirrorThatIsDownIsLookedForOnceAndOneWarningSaysSo() throws IOException {
    String gone = proxy.host();
    proxy.close();
    List<Event> events = new CopyOnWriteArrayList<>();
    machine.events(events::add);
    machine.registries(
        """
        [[registry]]
        location = "%s"
        [[registry.mirror]]
        location = "%s"
        """
            .formatted(registry.host(), gone));
    long begin = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      try (ImageSource source = machine.source(registry.host(), "image")) {
        assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
        assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
      }
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    assertTrue(seconds < 15, () -> seconds + " s");
    assertEquals(
        List.of(
            new Event.Warning(
                "mirror passed over: " + gone + ": cannot be reached: connection refused")),
        events);
  }

  @Test
  void whatIsPublishedIsLookedForAtTheRegistryItself() throws IOException {
    try (DockerRegistry empty =
        DockerRegistry.start(RegistrySetup.in(directory.resolve("empty")))) {
      machine.registries(
          """
          [[registry]]
          location = "%s"
          [[registry.mirror]]
          location = "%s"
          """
              .formatted(empty.host(), registry.host()));
      try (ImageSource source = machine.source(empty.host(), "image");
          ImageSource origin = machine.origin(empty.host(), "image")) {
        assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
        assertEquals(Optional.empty(), origin.resolve(BY_TAG));
      }
    }
  }

  @Test
  void aMirrorIsAskedFirst() throws IOException {
    machine.registries(
        """
        [[registry]]
        location = "registry.invalid"
        [[registry.mirror]]
        location = "%s"
        """
            .formatted(proxy.host()));
    try (ImageSource source = machine.source("registry.invalid", "image")) {
      assertEquals(Optional.of(SAMPLE.descriptor()), source.resolve(BY_TAG));
      assertEquals(SAMPLE.layer(0).size(), read(source.blob(SAMPLE.layer(0)), SAMPLE.layer(0)));
    }
  }
}
