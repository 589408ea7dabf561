package mos.bootstrap.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.bootstrap.workflow.SystemStatus.Running;
import mos.bootstrap.workflow.SystemStatus.Status;
import mos.bootstrap.workflow.SystemStatus.TargetStatus;
import mos.spi.model.Digest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Target;
import org.junit.jupiter.api.Test;

/** How a target's state is said. */
class StatusCommandTest {
  private static final Digest INSTALLED = new Digest("1".repeat(64));
  private static final Digest OTHER = new Digest("2".repeat(64));
  private static final Target TARGET =
      new Target(
          "bootkit",
          "1.1",
          ServiceType.FS_ONLY,
          Network.NONE,
          NamespaceGroup.HOST,
          INSTALLED,
          2,
          List.of());

  private static Result result(Running running, Optional<String> problem) {
    TargetStatus target = new TargetStatus("bootkit", OTHER, Optional.of(TARGET), running, problem);
    return StatusCommand.result(new Status("r", List.of(target)), false);
  }

  private static void assertSaid(
      String text, Map<String, Object> fields, Running running, Optional<String> problem) {
    Result result = result(running, problem);
    assertEquals(text + "\nrevision r", result.text());
    Map<?, ?> said = (Map<?, ?>) ((List<?>) result.fields().get("targets")).getFirst();
    for (String name : List.of("state", "running", "problem")) {
      assertEquals(fields.get(name), said.get(name), name);
    }
    assertEquals(problem.isPresent() ? 4 : 0, result.status());
  }

  @Test
  void whatRunsAsInstalledIsRunning() {
    assertSaid(
        "bootkit: running, fs-only 1.1 111111111111",
        Map.of("state", "running", "running", INSTALLED),
        new Running.Image(INSTALLED),
        Optional.empty());
  }

  @Test
  void anotherImageIsGiven() {
    assertSaid(
        "bootkit: outdated, fs-only 1.1 111111111111, runs 222222222222",
        Map.of("state", "outdated", "running", OTHER),
        new Running.Image(OTHER),
        Optional.empty());
  }

  @Test
  void whatHasNoKnownImageIsNamed() {
    assertSaid(
        "bootkit: outdated, fs-only 1.1 111111111111, runs 1.aaaa, whose image is not known",
        Map.of("state", "outdated"),
        new Running.Unknown("1.aaaa"),
        Optional.empty());
  }

  @Test
  void whatDoesNotRunIsStopped() {
    assertSaid(
        "bootkit: stopped, fs-only 1.1 111111111111",
        Map.of("state", "stopped"),
        new Running.Nothing(),
        Optional.empty());
  }

  @Test
  void whatIsDamagedSaysWhy() {
    assertSaid(
        "bootkit: damaged, fs-only 1.1 111111111111; it is gone",
        Map.of("state", "damaged", "problem", "it is gone"),
        new Running.Nothing(),
        Optional.of("it is gone"));
  }
}
