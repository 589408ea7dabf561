package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs write as JSON is what {@code docs/schema} says. */
final class JsonOutputTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SCHEMAS = Path.of("..", "docs", "schema");

  @TempDir Path temporary;
  private final Set<String> kinds = new TreeSet<>();

  private void result(Programs.Run run) throws IOException {
    run.ok();
    assertEquals(1, run.out().lines().count(), run::toString);
    JsonNode document = JSON.readTree(run.out());
    fits("result.schema.json", document);
    kinds.add(document.get("kind").textValue());
    for (String line : run.err().lines().toList()) {
      fits("event.schema.json", JSON.readTree(line));
    }
  }

  private static void fits(String schema, JsonNode document) throws IOException {
    JsonNode alternatives = JSON.readTree(SCHEMAS.resolve(schema).toFile()).get("oneOf");
    List<String> problems = new ArrayList<>();
    int fitting = 0;
    for (JsonNode alternative : alternatives) {
      String problem = JsonShape.misfit(alternative, document, "");
      fitting += problem.isEmpty() ? 1 : 0;
      problems.add(problem);
    }
    assertEquals(1, fitting, document + " fits not exactly one shape of " + schema + problems);
  }

  @Test
  void everyKindOfResultAndEveryEventFitsItsSchema() throws IOException {
    AsRoot.required();
    Workshop shop = new Workshop(temporary.resolve("shop"));
    Object[][] publisher = {
      {"keyset", "add", "other"},
      {"keyset", "list"},
      {"keyset", "show", "other"},
      {"project", "add", "other", "router"},
      {"project", "list", "other"},
      {"sudi", "add", "other", "router"},
      {"sudi", "list", "other", "router"},
      {"firmware", "keys", "other", temporary.resolve("firmware")},
    };
    for (Object[] call : publisher) {
      result(shop.mosbRun(json(call)));
    }
    Path layer = Files.createDirectories(temporary.resolve("layer"));
    Files.writeString(layer.resolve("file"), "content");
    result(
        shop.mosbRun(
            "image",
            "build",
            "--output",
            "oci:" + temporary.resolve("images") + ":extra",
            "--result",
            "json",
            "--progress",
            "json",
            layer));
    Path manifest =
        shop.manifest(
            "complete",
            new Workshop.Entry("hostfs", "hostfs", "1", shop.image("hostfs:1", Map.of("a", "1"))),
            new Workshop.Entry("site", "fs-only", "1", shop.image("site:1", Map.of("b", "1"))));
    result(shop.mosbRun(json("manifest", "check", manifest)));
    result(shop.publish("machine/acme:1", manifest, "--output", "json", "--progress", "json"));

    try (Host host = new Host(temporary.resolve("root"), shop.ca())) {
      Path boot = host.path("boot");
      Object[][] machine = {
        {"install", shop.url("machine/acme:1")},
        {"update", shop.url("machine/acme:1")},
        {"mount", "--target", "site", "--dest", boot},
        {"umount", boot},
        {"activate", "-t", "site"},
        {"status"},
        {"verify"},
        {"activate", "-t", "hostfs"},
        {"boot"},
      };
      for (Object[] call : machine) {
        result(host.mosctlRun(json(call)));
      }
      for (String point : host.mounts().reversed()) {
        host.mosctlRun("umount", point).ok();
      }
    }
    Set<String> expected = described();
    expected.removeAll(IN_A_MACHINE);
    assertEquals(expected, kinds);
  }

  /** Kinds of commands that need a TPM, or a root directory with a kernel. */
  private static final Set<String> IN_A_MACHINE = Set.of("Boot", "Bootkit", "Medium", "Provision");

  private static Object[] json(Object... call) {
    List<Object> words = new ArrayList<>(List.of(call));
    words.addAll(List.of("--output", "json", "--progress", "json"));
    return words.toArray();
  }

  private static Set<String> described() throws IOException {
    Set<String> kinds = new TreeSet<>();
    for (JsonNode shape :
        JSON.readTree(SCHEMAS.resolve("result.schema.json").toFile()).get("oneOf")) {
      kinds.add(shape.get("properties").get("kind").get("const").textValue());
    }
    return kinds;
  }

  @Test
  void documentThatIsNoResultFitsNoShape() throws IOException {
    JsonNode shape =
        JSON.readTree(SCHEMAS.resolve("result.schema.json").toFile()).get("oneOf").get(0);
    assertTrue(
        !JsonShape.misfit(shape, JSON.readTree("{\"kind\":\"Installation\"}"), "").isEmpty());
  }
}
