package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mos.testkit.JsonShape;
import mos.testkit.vm.GuestMaterial;
import org.junit.jupiter.api.Assumptions;
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
    Map<?, ?> document = JSON.readValue(run.out(), Map.class);
    fits("result.schema.json", document);
    kinds.add(document.get("kind").toString());
    for (String line : run.err().lines().toList()) {
      fits("event.schema.json", JSON.readValue(line, Map.class));
    }
  }

  private static Map<?, ?> schema(String name) throws IOException {
    return JSON.readValue(SCHEMAS.resolve(name).toFile(), Map.class);
  }

  private static void fits(String schema, Map<?, ?> document) throws IOException {
    assertEquals("", JsonShape.misfit(schema(schema), document), () -> schema + ": " + document);
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
    expected.removeAll(OF_A_KIT);
    expected.removeAll(IN_A_MACHINE);
    assertEquals(expected, kinds);
  }

  /** Kinds of commands that need a root directory with a kernel. */
  private static final Set<String> OF_A_KIT = Set.of("Bootkit", "Medium");

  /** Kinds of commands that need a TPM or an initrd: mos.bootstrap's ResultTest looks at those. */
  private static final Set<String> IN_A_MACHINE = Set.of("Boot", "Provision");

  @Test
  void bootkitsAndMediaFitTheirSchemaToo() throws IOException {
    AsRoot.required();
    GuestMaterial material = GuestMaterial.here();
    Assumptions.assumeTrue(material.hasKit(), "needs a kit, of distribution/vm/prepare");
    Workshop shop = new Workshop(temporary.resolve("shop"));
    String bootkit = "oci:" + shop.directory().resolve("images") + ":bootkit:1";
    result(
        build(
            shop,
            "bootkit",
            "--kernel",
            material.kit(),
            "--pcr7",
            "0".repeat(64),
            "--output",
            bootkit));
    String hostfs = shop.image("hostfs:1", Map.of("a", "1"));
    String url =
        shop.published(
            "machine/acme:1",
            "complete",
            new Workshop.Entry("hostfs", "hostfs", "1", hostfs),
            new Workshop.Entry("bootkit", "fs-only", "1", bootkit),
            new Workshop.Entry("livecd", "hostfs", "1", hostfs));
    String machine = "11111111-2222-3333-4444-555555555555";
    shop.mosbOk("sudi", "add", Workshop.KEYSET, "default", machine);
    Path sudi =
        shop.keys().resolve(Workshop.KEYSET).resolve("manifest/default/sudi").resolve(machine);
    Path medium = temporary.resolve("medium");
    Object[][] media = {
      {"--mode", "provision", "--sudi", sudi},
      {"--mode", "install", "--offline", "--disk", "/dev/vda"},
      {"--mode", "live", "--offline", "--format", "iso"},
    };
    for (Object[] options : media) {
      List<Object> words = new ArrayList<>(List.of(options));
      words.addAll(List.of("--output", medium, url));
      result(build(shop, "media", words.toArray()));
    }
    assertEquals(OF_A_KIT, kinds);
  }

  /** A build by {@code mosb bootkit} or {@code media}; dracut takes its time. */
  private static Programs.Run build(Workshop shop, String what, Object... options) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                what,
                "build",
                "--keyset",
                Workshop.KEYSET,
                "--result",
                "json",
                "--progress",
                "json"));
    words.addAll(List.of(options));
    return Programs.run(Programs.mosb(words.toArray()), shop.environment(), Duration.ofMinutes(5));
  }

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
}
