package mos.distribution.system;

import static mos.distribution.system.Programs.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.testkit.registry.Authority;
import mos.testkit.registry.DockerRegistry;
import mos.testkit.registry.GoRegistry;
import mos.testkit.registry.Oras;
import mos.testkit.registry.Registry;
import mos.testkit.registry.RegistrySetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine that is published without any program of ours: its image by skopeo, its manifest, the
 * certificate and a signature by openssl with oras, into registries behind TLS and a password.
 */
final class StrangersToolsTest {
  private static final String TAR = ":application/vnd.oci.image.layer.v1.tar";
  private static Workshop shop;

  @TempDir Path directory;
  private Host host;
  private Authority authority;

  @BeforeAll
  static void build(@TempDir Path shared) throws IOException {
    AsRoot.required();
    shop = new Workshop(shared.resolve("shop"));
    shop.image("hostfs:1", Map.of("etc/os", "of strangers"));
  }

  @BeforeEach
  void freshHost() throws IOException {
    host = new Host(directory.resolve("root"), shop.ca());
    authority = Authority.in(directory.resolve("authority"));
  }

  private RegistrySetup secured() {
    return RegistrySetup.in(directory.resolve("registry")).tls(authority).password("mos", "secret");
  }

  private Path project() {
    return shop.keys().resolve(Workshop.KEYSET).resolve("manifest/default");
  }

  private static Path layout() {
    return shop.directory().resolve("images/hostfs");
  }

  private void oras(Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(
        List.of(
            "--disable-path-validation",
            "--ca-file",
            authority.certificate(),
            "--username",
            "mos",
            "--password",
            "secret"));
    run(Programs.command(Oras.program(), all.toArray())).ok();
  }

  private void publish(String at) throws IOException {
    Path certificates = Files.createDirectories(directory.resolve("certificates"));
    Files.copy(authority.certificate(), certificates.resolve("ca.crt"));
    run(Programs.command(
            "skopeo",
            "copy",
            "--preserve-digests",
            "--dest-cert-dir",
            certificates,
            "--dest-creds",
            "mos:secret",
            "oci:" + layout() + ":1",
            "docker://" + at + "/mos:hostfs"))
        .ok();
    Path index = layout().resolve("index.json");
    String digest =
        run(Programs.command("jq", "-r", ".manifests[0].digest", index)).ok().out().strip();
    String size = run(Programs.command("jq", ".manifests[0].size", index)).ok().out().strip();
    Path manifest =
        Files.writeString(
            directory.resolve("index.json"),
            """
            {"version":1,"product":"%s","update_type":"complete","targets":[
             {"service_name":"hostfs","service_type":"hostfs","version":"1.0",
              "nsgroup":"","digest":"%s","size":%s}]}
            """
                .formatted(Files.readString(project().resolve("uuid")).strip(), digest, size));
    Path signature = directory.resolve("install.json.signed");
    run(Programs.command(
            "openssl",
            "dgst",
            "-sha256",
            "-sign",
            project().resolve("privkey.pem"),
            "-out",
            signature,
            manifest))
        .ok();
    String name = at + "/machine/os:1";
    String type = "application/vnd.machine.";
    oras("push", "--artifact-type", type + "install", name, manifest + ":" + type + "install");
    oras(
        "attach", "--artifact-type", type + "pubkeycrt", name, project().resolve("cert.pem") + TAR);
    oras("attach", "--artifact-type", type + "signature", name, signature + TAR);
  }

  private void publishedAndInstalled(Registry registry) throws IOException {
    publish(registry.host());
    Path certificates =
        Files.createDirectories(
            directory.resolve("settings/containers/certs.d").resolve(registry.host()));
    Files.copy(authority.certificate(), certificates.resolve("ca.crt"));
    Path auth =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"bW9zOnNlY3JldA==\"}}}".formatted(registry.host()));
    Map<String, String> variables =
        Map.of(
            "XDG_CONFIG_HOME",
            directory.resolve("settings").toString(),
            "REGISTRY_AUTH_FILE",
            auth.toString());
    host.mosctlRun(variables, "install", "docker://" + registry.host() + "/machine/os:1").ok();
    host.initrd("create-boot-fs", "--readonly").ok();
    assertEquals("of strangers", Files.readString(host.path("sysroot/etc/os")));
    host.initrd("umount", host.path("sysroot")).ok();
    host.close();
  }

  @Test
  void whereTheRegistryHasNoReferrersOrasKeepsThemUnderATag() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(secured())) {
      publishedAndInstalled(registry);
    }
  }

  @Test
  void whereTheRegistryListsReferrersTheyAreFoundByIt() throws IOException {
    try (GoRegistry registry = GoRegistry.start(secured())) {
      publishedAndInstalled(registry);
    }
  }
}
