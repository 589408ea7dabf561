package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.testkit.registry.Account;
import mos.testkit.registry.Authority;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.GoRegistry;
import mos.testkit.registry.RegistrySetup;
import mos.testkit.registry.TunnelProxy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job with registries in the place of directories. */
final class RegistryJobTest {
  private static Workshop shop;
  private static Path first;
  private static Path second;
  private static Path live;

  @TempDir Path directory;
  private Host host;

  @BeforeAll
  static void build(@TempDir Path shared) throws IOException {
    AsRoot.required();
    shop = new Workshop(shared.resolve("shop"));
    Workshop.Entry hostfs =
        new Workshop.Entry("hostfs", "hostfs", "1", shop.image("hostfs:1", Map.of("etc/os", "1")));
    Workshop.Entry site =
        new Workshop.Entry("site", "fs-only", "1", shop.image("site:1", Map.of("index", "hello")));
    Workshop.Entry livecd =
        new Workshop.Entry("livecd", "hostfs", "1", shop.image("live:1", Map.of("etc/os", "live")));
    first = shop.manifest("complete", hostfs);
    second = shop.manifest("complete", hostfs, site);
    live = shop.manifest("complete", livecd);
  }

  @BeforeEach
  void freshHost() throws IOException {
    host = new Host(directory.resolve("root"), shop.ca());
  }

  private Map<String, String> settings(String registry, Authority authority) throws IOException {
    Path certificates =
        Files.createDirectories(directory.resolve("settings/containers/certs.d").resolve(registry));
    Files.copy(authority.certificate(), certificates.resolve("ca.crt"));
    Path auth = directory.resolve("auth.json");
    login(auth, Map.of(registry, "mos:secret"));
    return Map.of(
        "XDG_CONFIG_HOME",
        directory.resolve("settings").toString(),
        "REGISTRY_AUTH_FILE",
        auth.toString());
  }

  private RegistrySetup secured(Authority authority) {
    return RegistrySetup.in(directory.resolve("registry")).tls(authority).password("mos", "secret");
  }

  private void mainJob(String at, Map<String, String> variables) throws IOException {
    shop.publishTo(at, "machine/os:1", first, variables).ok();
    shop.publishTo(at, "machine/os:2", second, variables).ok();
    host.mosctlRun(variables, "install", "docker://" + at + "/machine/os:1").ok();
    host.mosctlRun(variables, "update", "docker://" + at + "/machine/os:2").ok();
    Programs.Run again =
        host.mosctlRun(variables, "update", "docker://" + at + "/machine/os:2").ok();
    assertTrue(again.out().contains("nothing new"), again::toString);
    host.mosctlRun("activate", "-t", "site").ok();
    assertEquals("hello", Files.readString(host.path("mnt/atom/site/index")));
    host.mosctlRun("umount", host.path("mnt/atom/site")).ok();
    host.mosctlRun("verify").ok();
    host.close();
  }

  @Test
  void aRegistryWithoutReferrersBehindTlsAndAPassword() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      mainJob(registry.host(), settings(registry.host(), authority));
    }
  }

  @Test
  void aRegistryWithReferrersBehindTlsAndAPassword() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (GoRegistry registry = GoRegistry.start(secured(authority))) {
      mainJob(registry.host(), settings(registry.host(), authority));
    }
  }

  @Test
  void aRegistryBehindTlsAPasswordAndAProxyWithAPassword() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority));
        TunnelProxy proxy = TunnelProxy.start(new Account("me", "p@ss"))) {
      String at = Authority.NAME + ":" + registry.uri().getPort();
      Map<String, String> variables = new HashMap<>(settings(at, authority));
      variables.put("HTTPS_PROXY", "http://me:p%40ss@" + proxy.host());
      mainJob(at, variables);
      assertEquals(List.of(), proxy.refused());
    }
  }

  @Test
  void aPasswordForThePrefixAloneIsEnough() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      Map<String, String> variables = settings(registry.host(), authority);
      Path auth = Path.of(variables.get("REGISTRY_AUTH_FILE"));
      String team = registry.host() + "/some/team";
      Files.writeString(auth, Files.readString(auth).replace(registry.host(), team));
      shop.publishTo(team, "machine/os:1", first, variables).ok();
      host.mosctlRun(variables, "install", "docker://" + team + "/machine/os:1").ok();
      host.close();
    }
  }

  @Test
  void whatAMirrorHasIsPublishedToTheRegistryAllTheSame() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry mirror =
            DockerRegistry.start(RegistrySetup.in(directory.resolve("mirror")));
        DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      Map<String, String> variables = settings(registry.host(), authority);
      shop.publishTo(mirror.host(), "machine/os:1", first, variables).ok();
      Files.writeString(
          directory.resolve("settings/containers/registries.conf"),
          "[[registry]]\nlocation = '%s'\n[[registry.mirror]]\nlocation = '%s'\n"
              .formatted(registry.host(), mirror.host()));
      shop.publishTo(registry.host(), "machine/os:1", first, variables).ok();
      Files.delete(directory.resolve("settings/containers/registries.conf"));
      host.mosctlRun(variables, "install", "docker://" + registry.host() + "/machine/os:1").ok();
      host.close();
    }
  }

  @Test
  void theNetbootImageMountsALivecdAndLeavesNothing() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      Map<String, String> variables = settings(registry.host(), authority);
      shop.publishTo(registry.host(), "machine/live:1", live, variables).ok();
      Path place = host.path("newroot");
      var before = Tree.of(host.root());
      host.netboot(
              variables,
              "mount",
              "--dest",
              place,
              "docker://" + registry.host() + "/machine/live:1")
          .ok();
      assertEquals("live", Files.readString(place.resolve("etc/os")));
      Files.writeString(place.resolve("etc/state"), "kept in memory");
      host.netboot(variables, "umount", place).ok();
      assertEquals(List.of(), host.mounts());
      assertEquals(before, Tree.of(host.root(), "run", "newroot"));
      host.close();
    }
  }

  @Test
  void aWrongPasswordIsOneLine() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      Map<String, String> variables = new HashMap<>(settings(registry.host(), authority));
      Files.writeString(Path.of(variables.get("REGISTRY_AUTH_FILE")), "{}");
      host.mosctlRun(variables, "install", "docker://" + registry.host() + "/machine/os:1")
          .ends(7)
          .says(registry.host(), "denied", "podman login");
      Files.writeString(Path.of(variables.get("REGISTRY_AUTH_FILE")), "{");
      host.mosctlRun(variables, "install", "docker://" + registry.host() + "/machine/os:1")
          .ends(3)
          .says("auth.json");
      host.close();
    }
  }

  /** {@code --user}: everything but the password stands in arguments. */
  private record User(Map<String, String> variables, String password) {
    Programs.Run run(List<String> command) {
      Programs.Run run = Programs.run(command, variables, password + "\n");
      assertFalse(run.toString().contains(password), run::toString);
      return run;
    }
  }

  @Test
  void aPasswordFromStandardInputIsForTheNamedRegistryAlone() throws IOException {
    String password = "correct horse";
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry =
            DockerRegistry.start(
                RegistrySetup.in(directory.resolve("registry"))
                    .tls(authority)
                    .password("me", password));
        DockerRegistry elsewhere =
            DockerRegistry.start(
                RegistrySetup.in(directory.resolve("elsewhere"))
                    .tls(authority)
                    .password("me", password))) {
      String at = registry.host();
      settings(at, authority);
      Map<String, String> variables = shop.with(settings(elsewhere.host(), authority));
      Path auth = Path.of(variables.get("REGISTRY_AUTH_FILE"));
      shop.image("far:1", Map.of("index", "from afar"));
      Programs.run(
              List.of(
                  "skopeo",
                  "copy",
                  "--preserve-digests",
                  "--dest-creds=me:" + password,
                  "--dest-cert-dir="
                      + directory.resolve("settings/containers/certs.d").resolve(elsewhere.host()),
                  "oci:" + shop.directory().resolve("images/far") + ":1",
                  "docker://" + elsewhere.host() + "/team/far:1"))
          .ok();
      Path manifest =
          shop.manifest(
              "complete",
              new Workshop.Entry(
                  "hostfs", "hostfs", "1", shop.image("near:1", Map.of("etc/os", "1"))),
              new Workshop.Entry(
                  "far", "fs-only", "1", "docker://" + elsewhere.host() + "/team/far:1"));
      User me = new User(variables, password);
      List<String> publish =
          shop.publishing(at, "machine/os:1", manifest, "--user", "me", "--debug");
      Files.writeString(auth, "{}");
      Programs.Run denied = me.run(publish).ends(7);
      assertTrue(
          denied.err().contains(elsewhere.host() + "/team/far: access denied"), denied::toString);
      login(auth, Map.of(elsewhere.host(), "me:" + password, at, "me:stale"));
      me.run(publish).ok();
      Files.writeString(auth, "{}");
      String url = "docker://" + at + "/machine/os:1";
      me.run(host.command("install", "--user", "me", "--progress", "json", "--debug", url)).ok();
      me.run(host.command("update", "--user", "me", url)).ok();
      new User(variables, "battery staple")
          .run(host.command("update", "--user", "me", url))
          .ends(7)
          .says(at, "the password for it is wrong");
      Programs.run(host.command("update", "--user", "me", url), variables)
          .ends(2)
          .says("--user", "is empty");
      host.close();
    }
  }

  private static void login(Path auth, Map<String, String> logins) throws IOException {
    List<String> entries =
        logins.entrySet().stream()
            .map(
                entry ->
                    "\"%s\":{\"auth\":\"%s\"}"
                        .formatted(
                            entry.getKey(),
                            Base64.getEncoder()
                                .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8))))
            .toList();
    Files.writeString(auth, "{\"auths\":{" + String.join(",", entries) + "}}");
  }

  @Test
  void theNetbootImageTakesAPasswordFromStandardInput() throws IOException {
    Authority authority = Authority.in(directory.resolve("authority"));
    try (DockerRegistry registry = DockerRegistry.start(secured(authority))) {
      Map<String, String> variables = settings(registry.host(), authority);
      shop.publishTo(registry.host(), "machine/live:1", live, variables).ok();
      Files.writeString(Path.of(variables.get("REGISTRY_AUTH_FILE")), "{}");
      Path place = host.path("newroot");
      List<String> mount =
          host.netbootCommand(
              "mount",
              "--user",
              "mos",
              "--dest",
              place,
              "docker://" + registry.host() + "/machine/live:1");
      Programs.run(mount, variables, "secret").ok();
      assertEquals("live", Files.readString(place.resolve("etc/os")));
      host.netboot(variables, "umount", place).ok();
      host.close();
    }
  }
}
