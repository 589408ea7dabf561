package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistriesConfTest {
  @TempDir Path directory;
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void aRepositoryIsWhereItSaysWithoutSettings() {
    assertEquals(List.of("r.example:5000/a/b"), places("r.example:5000", "a/b"));
  }

  @ParameterizedTest
  @CsvSource({"docker.io,x,library/x", "index.docker.io,x,library/x", "docker.io,a/x,a/x"})
  void dockersImagesAreAtAnotherServer(String host, String name, String there) {
    assertEquals(List.of("registry-1.docker.io/" + there), places(host, name));
  }

  @Test
  void mirrorsComeFirstAndTheRegistryLast() throws IOException {
    system(
        """
        unqualified-search-registries = ["docker.io"]
        short-name-mode = "enforcing"
        [[registry]]
        prefix = "r.example/team"
        location = "internal.example:8443/mirrored"
        insecure = true
        unknown = { x = 1 }
        [[registry.mirror]]
        location = "m1.example"
        insecure = true
        [[registry.mirror]]
        location = "m2.example/cache"
        """);

    assertEquals(
        List.of(
            "m1.example/app insecure ALL",
            "m2.example/cache/app ALL",
            "internal.example:8443/mirrored/app insecure ORIGIN"),
        full(conf().endpoints(repository("r.example", "team/app"))));
    assertEquals(List.of("r.example/teams/app"), places("r.example", "teams/app"));
  }

  @Test
  void aMirrorOfDockersImagesIsAskedForTheirFullNames() throws IOException {
    system(
        """
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "hub.example"
        """);

    assertEquals(
        List.of("hub.example/library/x", "registry-1.docker.io/library/x"),
        places("docker.io", "x"));
  }

  @Test
  void mirrorsCanBeForDigestsOrForTagsAlone() throws IOException {
    system(
        """
        [[registry]]
        location = "r.example"
        [[registry.mirror]]
        location = "d.example"
        pull-from-mirror = "digest-only"
        [[registry.mirror]]
        location = "t.example"
        pull-from-mirror = "tag-only"
        [[registry.mirror]]
        location = "all.example"
        pull-from-mirror = "all"
        """);
    Repository repository = repository("r.example", "a");

    assertEquals(
        List.of("d.example/a DIGEST_ONLY", "all.example/a ALL", "r.example/a ORIGIN"),
        full(conf().endpoints(repository).stream().filter(Endpoint::hasDigests).toList()));
    assertEquals(
        List.of("t.example/a TAG_ONLY", "all.example/a ALL", "r.example/a ORIGIN"),
        full(conf().endpoints(repository).stream().filter(Endpoint::hasTags).toList()));
  }

  @Test
  void allMirrorsOfARegistryCanBeForDigestsAlone() throws IOException {
    system(
        """
        [[registry]]
        location = "r.example"
        mirror-by-digest-only = true
        [[registry.mirror]]
        location = "m.example"
        """);

    assertEquals(
        List.of("r.example/a ORIGIN"),
        full(
            conf().endpoints(repository("r.example", "a")).stream()
                .filter(Endpoint::hasTags)
                .toList()));
  }

  @ParameterizedTest
  @CsvSource({
    "r.example,a/b,ab.example/a/b",
    "r.example,a/bc,a.example/bc",
    "r.example,a,a.example",
    "r.example,x,host.example/x",
    "r.example:5000,x,host.example:5000/x",
    "eu.r.example,x,wild.example/x",
    "x.eu.r.example,x,wild.example/x",
    "us.r.example,x,us.example/x",
    "other.example,x,other.example/x",
    "notr.example,x,notr.example/x"
  })
  void theLongestPrefixCounts(String host, String name, String place) throws IOException {
    system(
        """
        [[registry]]
        location = "host.example"
        prefix = "r.example"
        [[registry]]
        prefix = "*.r.example"
        location = "wild.example"
        [[registry]]
        prefix = "us.r.example"
        location = "us.example"
        [[registry]]
        prefix = "r.example/a"
        location = "a.example/"
        [[registry]]
        prefix = "r.example/a/b"
        location = "ab.example/a/b"
        """);

    if (place.contains("/")) {
      assertEquals(List.of(place), places(host, name));
    } else {
      MosException e = assertThrows(MosException.class, () -> places(host, name));
      assertEquals(ErrorCode.INVALID, e.code());
      assertTrue(e.getMessage().contains("'a.example' for 'r.example/a'"), e.getMessage());
    }
  }

  @Test
  void aHostComesBeforeADomainOfTheSameLength() throws IOException {
    system(
        """
        [[registry]]
        prefix = "*.r.example"
        location = "wild.example"
        [[registry]]
        prefix = "a.r.example"
        location = "a.example"
        """);

    assertEquals(List.of("a.example/x"), places("a.r.example", "x"));
  }

  @Test
  void aBlockedRegistryIsRefusedByFileAndPrefix() throws IOException {
    Path file =
        system(
            """
            [[registry]]
            prefix = "*.bad.example"
            blocked = true
            """);

    MosException e = assertThrows(MosException.class, () -> places("x.bad.example:5000", "a"));

    assertEquals(ErrorCode.REFUSED, e.code());
    assertEquals(
        "docker://x.bad.example:5000/a: is blocked by " + file + " (*.bad.example)",
        e.getMessage());
  }

  @Test
  void theUsersFileReplacesTheSystems() throws IOException {
    system(registry("r.example", "system.example"));
    write("etc/containers/registries.conf.d/a.conf", registry("r.example", "addition.example"));
    write("home/.config/containers/registries.conf", registry("s.example", "user.example"));

    assertEquals(List.of("r.example/a"), places("r.example", "a"));
    assertEquals(List.of("user.example/a"), places("s.example", "a"));
  }

  @Test
  void aNamedFileReplacesTheUsersAndTheSystems() throws IOException {
    system(registry("r.example", "system.example"));
    write("home/.config/containers/registries.conf", registry("r.example", "user.example"));
    variables.put(
        "CONTAINERS_REGISTRIES_CONF",
        write("named.conf", registry("r.example", "named.example")).toString());

    assertEquals(List.of("named.example/a"), places("r.example", "a"));
  }

  @Test
  void aNamedFileMustBeThere() {
    variables.put("CONTAINERS_REGISTRIES_CONF", directory.resolve("named.conf").toString());

    assertEquals(ErrorCode.NOT_FOUND, assertThrows(MosException.class, this::conf).code());
  }

  @Test
  void additionsReplaceInTheOrderOfTheirNamesTheUsersLast() throws IOException {
    system(registry("r.example", "0.example") + registry("kept.example", "k.example"));
    List<String> places =
        List.of(
            "etc/containers/registries.conf.d/10-a.conf",
            "etc/containers/registries.conf.d/20-b.conf",
            "home/.config/containers/registries.conf.d/05-c.conf");
    for (int i = 0; i < places.size(); i++) {
      write(places.get(i), registry("r.example", (i + 1) + ".example"));

      assertEquals(List.of((i + 1) + ".example/a"), places("r.example", "a"));
    }
    write("etc/containers/registries.conf.d/99.conf.bak", "no TOML");
    assertEquals(List.of("k.example/a"), places("kept.example", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"under_score.example:5000", "mirror.example:99999", "a..b"})
  void aLocationThatIsNoHostMattersWhereItIsAsked(String location) throws IOException {
    Path file =
        system(
            "[[registry]]\nlocation = 'r.example'\n[[registry.mirror]]\nlocation = '%s'\n"
                .formatted(location));

    assertEquals(List.of("other.example/a"), places("other.example", "a"));
    MosException e = assertThrows(MosException.class, () -> places("r.example", "a"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(
        e.getMessage().startsWith(file + ": the location '" + location + "' for 'r.example' has"),
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[registry]]~location = 5|registry[0].location: must be a string",
        "[[registry]]~prefix = true~|registry[0].prefix: must be a string",
        "[[registry]]~location = 'r'~insecure = 'yes'|registry[0].insecure: must be true or false",
        "[[registry]]~location = 'r'~blocked = 1|registry[0].blocked: must be true or false",
        "[[registry]]~insecure = true|registry[0]: needs a location or a prefix",
        "[registry]~location = 'r'|registry: must be tables, [[registry]] with two brackets",
        "registry = ['r']|registry: must be tables, [[registry]] with two brackets",
        "[[registry]]~location = 'r'~mirror = 'm'|registry[0].mirror: must be tables, [[registry.mirror]]",
        "[[registry]]~location = 'r'~[[registry.mirror]]|registry[0].mirror[0].location: is missing",
        "[[registry]]~location = 'https://r'|registry[0].location: must be HOST[:PORT][/PATH], not",
        "[[registry]]~location = 'u:p@r'|registry[0].location: must be HOST[:PORT][/PATH], not",
        "[[registry]]~location = 'r'~[[registry.mirror]]~location = 'm'~pull-from-mirror = 'x'|registry[0].mirror[0].pull-from-mirror: must be all, digest-only or tag-only, not 'x'",
        "[[registry]]~location = 'r'~mirror-by-digest-only = true~[[registry.mirror]]~location = 'm'~pull-from-mirror = 'all'|registry[0].mirror[0].pull-from-mirror: contradicts",
        "[[registry]]~location = |not TOML at line 2: "
      })
  void aWrongValueIsRefusedByFileAndKey(String content, String reason) throws IOException {
    Path file = system(content.replace('~', '\n'));

    MosException e = assertThrows(MosException.class, this::conf);

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith(file + ": " + reason), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[registry]]\nlocation = 'r.example'\nblocked = true",
        "x = 1\n  [[ 'registry' ]]\nlocation = 'r.example'\nblocked = true",
        "registry = [{ location = 'r.example', blocked = true }]",
        "\"registry\"=[{location='r.example',blocked=true}]"
      })
  void allFormsOfTomlAreUnderstood(String content) throws IOException {
    system(content);

    assertEquals(
        ErrorCode.REFUSED, assertThrows(MosException.class, () -> places("r.example", "a")).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[registries.search]\nregistries = ['docker.io']\n"})
  void settingsForOthersAreNone(String content) throws IOException {
    system(content);

    assertEquals(List.of("r.example/a"), places("r.example", "a"));
  }

  @Test
  void noParserIsLoadedWithoutSettings() throws Exception {
    system("unqualified-search-registries = ['docker.io']\n");
    // Debian's shortnames.conf has such a line.
    write(
        "etc/containers/registries.conf.d/shortnames.conf",
        "[aliases]\n  \"registry\" = \"docker.io/library/registry\"\n");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load",
                "-cp",
                classPath(),
                Reader.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String loaded =
        new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains("shared objects file"))
            .collect(Collectors.joining("\n"));

    assertEquals(0, java.waitFor(), loaded);
    assertTrue(loaded.contains("mos.plugin.registry.RegistriesConf "), loaded);
    assertFalse(loaded.contains("com.fasterxml"), loaded);
  }

  /** What {@link #noParserIsLoadedWithoutSettings} runs. */
  static final class Reader {
    private Reader() {}

    /** Reads settings. */
    public static void main(String[] arguments) {
      Path directory = Path.of(arguments[0]);
      List<Endpoint> places =
          RegistriesConf.read(
                  new Environment(Map.of(), directory.resolve("etc"), directory.resolve("home")))
              .endpoints(repository("r.example", "a"));
      if (places.size() != 1) {
        throw new IllegalStateException(places.toString());
      }
    }
  }

  /** Where the classes of this process come from, whether by modules or not. */
  private static String classPath() throws Exception {
    List<String> parts = new ArrayList<>();
    for (Class<?> one : List.of(Reader.class, RegistriesConf.class, Repository.class)) {
      parts.add(
          Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    for (String other : List.of("test-classes", "classes")) {
      parts.add(Path.of("target", other).toAbsolutePath().toString());
    }
    return String.join(":", parts);
  }

  private RegistriesConf conf() {
    return RegistriesConf.read(
        new Environment(variables, directory.resolve("etc"), directory.resolve("home")));
  }

  private static Repository repository(String host, String name) {
    return new Repository(Repository.DOCKER, host, name);
  }

  private List<String> places(String host, String name) {
    return conf().endpoints(repository(host, name)).stream().map(Endpoint::toString).toList();
  }

  private static List<String> full(List<Endpoint> endpoints) {
    return endpoints.stream()
        .map(one -> one + (one.insecure() ? " insecure " : " ") + one.pull())
        .toList();
  }

  private static String registry(String prefix, String location) {
    return "[[registry]]\nprefix = '%s'\nlocation = '%s'\n".formatted(prefix, location);
  }

  private Path system(String content) throws IOException {
    return write("etc/containers/registries.conf", content);
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
