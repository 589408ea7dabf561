package mos.distribution.system;

import static mos.distribution.system.Programs.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests that were written, signed by openssl and published without any program of ours. */
final class HandMadeArtifactTest {
  private static Workshop shop;
  private static String digest;
  private static long size;
  private static Path project;

  @TempDir Path temporary;
  private Host host;

  @BeforeAll
  static void publish(@TempDir Path directory) throws IOException {
    AsRoot.required();
    shop = new Workshop(directory.resolve("shop"));
    var hostfs =
        new Workshop.Entry(
            "hostfs", "hostfs", "1.0", shop.image("hostfs:1", Map.of("etc/os", "one")));
    shop.published("machine/first:1", "complete", hostfs);
    String index = shop.zot().resolve("mos/index.json").toString();
    digest = run(List.of("jq", "-r", ".manifests[0].digest", index)).ok().out().strip();
    size = Long.parseLong(run(List.of("jq", "-r", ".manifests[0].size", index)).ok().out().strip());
    project = shop.keys().resolve(Workshop.KEYSET).resolve("manifest/default");
  }

  @BeforeEach
  void freshHost() throws IOException {
    host = new Host(temporary.resolve("root"), shop.ca());
  }

  @AfterEach
  void nothingIsLeftMounted() throws IOException {
    host.close();
  }

  /** The install manifest as the original writes it: empty lists are null. */
  private static String manifest() throws IOException {
    String product = Files.readString(project.resolve("uuid")).strip();
    return "{\"version\":1,\"product\":\""
        + product
        + "\",\"storage\":null,\"targets\":[{\"service_name\":\"hostfs\","
        + "\"version\":\"1.0\",\"service_type\":\"hostfs\",\"network\":{\"type\":\"host\",\"ipv4\":\"\",\"ipv6\":\"\","
        + "\"ports\":null},\"nsgroup\":\"\",\"digest\":\""
        + digest
        + "\",\"storage\":null,\"size\":"
        + size
        + "}],\"update_type\":\"complete\"}";
  }

  private byte[] sign(byte[] document) throws IOException {
    Path file = Files.write(temporary.resolve("document"), document);
    Path signature = temporary.resolve("signature");
    run(List.of(
            "openssl",
            "dgst",
            "-sha256",
            "-sign",
            project.resolve("privkey.pem").toString(),
            "-out",
            signature.toString(),
            file.toString()))
        .ok();
    return Files.readAllBytes(signature);
  }

  private Programs.Run install(String manifest) throws IOException {
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return install(bytes, sign(bytes));
  }

  private Programs.Run install(byte[] manifest, byte[] signature) throws IOException {
    new InstallArtifact(shop.zot(), "machine/hand")
        .publish("1", manifest, Files.readAllBytes(project.resolve("cert.pem")), signature);
    return host.mosctlRun("install", shop.url("machine/hand:1"));
  }

  private void refused(int status, Programs.Run install, String... words) throws IOException {
    install.ends(status).says(words);
    assertEquals(java.util.Set.of(""), Tree.of(host.root()).keySet());
  }

  @Test
  void manifestSignedByOpensslInstallsAndBoots() throws IOException {
    install(manifest()).ok();
    host.initrd("create-boot-fs", "--readonly").ok();
    assertEquals("one", Files.readString(host.path("sysroot/etc/os")));
    host.initrd("umount", host.path("sysroot")).ok();
  }

  @Test
  void badSignatureIsRefused() throws IOException {
    byte[] bytes = manifest().getBytes(StandardCharsets.UTF_8);
    byte[] signature = sign(bytes);
    signature[17] ^= 1;
    refused(4, install(bytes, signature), "signature");
  }

  @Test
  void badVersionIsRefusedWithItsField() throws IOException {
    refused(3, install(manifest().replace("\"version\":1,", "\"version\":2,")), "version", "2");
  }

  @Test
  void emptyTargetsAreRefused() throws IOException {
    refused(3, install(manifest().replaceFirst("\"targets\":\\[.*]", "\"targets\":[]")), "targets");
  }

  @Test
  void digestThatTheRepositoryLacksIsNotFound() throws IOException {
    refused(5, install(manifest().replace(digest, "sha256:" + "0".repeat(64))), "000000");
  }

  @Test
  void lesson10HostilePathInANameIsRefused() throws IOException {
    refused(
        3,
        install(
            manifest().replace("\"service_name\":\"hostfs\"", "\"service_name\":\"../../etc\"")),
        "targets[0].service_name");
  }

  @Test
  void lesson11UnknownUpdateTypeAndServiceTypeAndKeyAreRefused() throws IOException {
    refused(3, install(manifest().replace("\"complete\"", "\"sometimes\"")), "update_type");
    refused(
        3,
        install(manifest().replace("\"service_type\":\"hostfs\"", "\"service_type\":\"magic\"")),
        "targets[0].service_type");
    refused(3, install(manifest().replace("\"nsgroup\"", "\"nsgruop\"")), "nsgruop");
  }

  @Test
  void lesson6ProductThatIsNotTheCertificatesIsRefused() throws IOException {
    String product = Files.readString(project.resolve("uuid")).strip();
    refused(
        4, install(manifest().replace(product, "00000000-0000-4000-8000-000000000000")), "product");
  }

  @Test
  void everyByteOfManifestCertificateAndSignatureFlippedInTurnIsRefusedAndTouchesNothing()
      throws Exception {
    byte[] bytes = manifest().getBytes(StandardCharsets.UTF_8);
    Path document = Files.write(temporary.resolve("manifest"), bytes);
    Path signature = Files.write(temporary.resolve("signed"), sign(bytes));
    Path classes =
        Path.of(FlipDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> command =
        Programs.command(
            Programs.image("admin").resolve("bin/java"),
            "--add-modules",
            "ALL-SYSTEM",
            "--add-opens",
            "mos.bootstrap/mos.bootstrap=ALL-UNNAMED",
            "-cp",
            classes,
            FlipDriver.class.getName(),
            document,
            project.resolve("cert.pem"),
            signature,
            shop.ca(),
            host.root(),
            shop.zot());
    Programs.Run driver = run(command).ok();
    long tried = bytes.length + Files.size(project.resolve("cert.pem")) + Files.size(signature);
    assertEquals(
        "tried " + tried + "\nunchanged: status 0\n",
        withoutInstalled(driver.out()),
        driver.err().lines().limit(20).toList().toString());
  }

  private static String withoutInstalled(String out) {
    return out.lines()
        .filter(line -> !line.startsWith("installed "))
        .map(line -> line + "\n")
        .reduce("", String::concat);
  }
}
