package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.Exchange;
import mos.testkit.registry.Fault;
import mos.testkit.registry.FaultPlan;
import mos.testkit.registry.FaultProxy;
import mos.testkit.registry.RegistrySetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred installations, updates and publications through a line that drops, delays, truncates,
 * repeats, alters and lies, each from a seed of its own, so that a failure can be had again.
 */
final class BadLineTest {
  private static final int RUNS = 200;
  private static final int AT_ONCE = 6;
  private static final double SHARE = 0.12;

  /** Blobs of images. A manifest's documents have some hundred bytes and begin again. */
  private static final String IMAGES = "/v2/mos/blobs/sha256:";

  /** Done, invalid, refused, not found, no network: never a defect. */
  private static final Set<Integer> ENDS = Set.of(0, 3, 4, 5, 7);

  @TempDir Path directory;

  private Workshop shop;
  private Path first;
  private Path second;

  @Test
  void everyRunIsDoneOrSaysWhyAndTheHostIsTheOldOneOrTheNewOne() throws Exception {
    AsRoot.required();
    shop = new Workshop(directory.resolve("shop"));
    Workshop.Entry hostfs =
        new Workshop.Entry(
            "hostfs", "hostfs", "1", shop.image("hostfs:1", Map.of("data", "1".repeat(400_000))));
    Workshop.Entry site =
        new Workshop.Entry("site", "fs-only", "1", shop.image("site:1", Map.of("index", "hello")));
    first = shop.manifest("complete", hostfs);
    second = shop.manifest("complete", hostfs, site);
    try (DockerRegistry registry =
            DockerRegistry.start(RegistrySetup.in(directory.resolve("registry")));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      shop.publishTo(registry.host(), "machine/os:1", first, Map.of()).ok();
      shop.publishTo(registry.host(), "machine/os:2", second, Map.of()).ok();
      List<Future<Integer>> runs = new ArrayList<>();
      for (int seed = 0; seed < RUNS; seed++) {
        int one = seed;
        runs.add(threads.submit(() -> run(one, registry)));
      }
      int done = 0;
      for (Future<Integer> run : runs) {
        done += run.get() == 0 ? 1 : 0;
      }
      assertTrue(done > RUNS / 4 && done < RUNS, done + " of " + RUNS + " were done");
    }
  }

  private int run(int seed, DockerRegistry registry) throws IOException {
    try (FaultProxy proxy = FaultProxy.start(registry.uri())) {
      String at = "docker://" + proxy.host();
      proxy.plan(FaultPlan.seeded(seed, SHARE));
      int status =
          switch (seed % 3) {
            case 0 -> install(seed, at);
            case 1 -> update(seed, at, "docker://" + registry.host());
            default -> publish(seed, proxy.host());
          };
      assertNothingFetchedTwice(proxy.exchanges());
      return status;
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  /**
   * What was delivered of a blob as it is, is delivered once: the parts that follow a break
   * continue it. Where the line lied about a blob in any way, what came must be thrown away, and it
   * may begin again as often as that happened.
   */
  private void assertNothingFetchedTwice(List<Exchange> exchanges) throws IOException {
    Map<String, List<Exchange>> downloads =
        exchanges.stream()
            .filter(call -> call.method().equals("GET") && call.target().startsWith(IMAGES))
            .collect(Collectors.groupingBy(call -> call.target().replaceFirst(".*sha256:", "")));
    for (Map.Entry<String, List<Exchange>> blob : downloads.entrySet()) {
      long size = size(blob.getKey());
      List<Exchange> sound = blob.getValue().stream().filter(BadLineTest::isSound).toList();
      int lies = blob.getValue().size() - sound.size();
      long came =
          sound.stream()
              .filter(call -> call.status() == 200 || call.status() == 206)
              .mapToLong(Exchange::answerBytes)
              .sum();
      assertTrue(came <= size * (1L + lies), () -> size + " bytes: " + blob);
    }
  }

  /** Whether every byte that came of it may be kept. */
  private static boolean isSound(Exchange call) {
    return switch (call.fault()) {
      case Fault.None _, Fault.Delay _, Fault.BreakAtOnce _, Fault.Answer _ -> true;
      case Fault.BreakAnswer broken -> !broken.reset();
      default -> false;
    };
  }

  /** How many bytes a blob has, by what the registry keeps of it. */
  private long size(String hex) throws IOException {
    return Files.size(
        directory
            .resolve("registry/storage/docker/registry/v2/blobs/sha256")
            .resolve(hex.substring(0, 2))
            .resolve(hex)
            .resolve("data"));
  }

  private static int checked(Programs.Run run) {
    run.says();
    assertTrue(ENDS.contains(run.status()), run::toString);
    return run.status();
  }

  private int install(int seed, String at) throws IOException {
    try (Host host = new Host(directory.resolve("install" + seed), shop.ca())) {
      SortedMap<String, String> before = Tree.of(host.root());
      int status = checked(host.mosctlRun("install", at + "/machine/os:1"));
      if (status == 0) {
        host.mosctlRun("verify").ok();
      } else {
        assertEquals(before, Tree.of(host.root()), "a failed installation left something");
      }
      return status;
    }
  }

  private int update(int seed, String at, String good) throws IOException {
    try (Host host = new Host(directory.resolve("update" + seed), shop.ca())) {
      host.mosctlRun("install", good + "/machine/os:1").ok();
      int status = checked(host.mosctlRun("update", at + "/machine/os:2"));
      Programs.Run now = host.mosctlRun("verify").ok();
      assertEquals(status == 0, now.out().contains("site"), now::toString);
      assertSound(host.path("atomfs-cache/mos/blobs/sha256"));
      return status;
    }
  }

  private static void assertSound(Path blobs) throws IOException {
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        assertEquals(file.getFileName().toString(), Sha256.of(Files.readAllBytes(file)));
      }
    }
  }

  private int publish(int seed, String at) {
    String name = "machine/published:" + seed;
    int status = checked(shop.publishTo(at, name, second, Map.of()));
    return status;
  }
}
