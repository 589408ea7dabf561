package mos.formats;

import static mos.formats.Documents.DIGEST;
import static mos.formats.Documents.USER;
import static mos.formats.Documents.refusedAt;
import static mos.formats.Documents.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.image.Reference;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserManifestFormatTest {
  private static UserManifest with1(String part, String replacement) {
    return UserManifestFormat.parse(with(USER, part, replacement));
  }

  @Test
  void everyFieldIsRead() {
    UserManifest manifest = UserManifestFormat.parse(Bytes.utf8(USER));
    assertEquals(1, manifest.version());
    assertEquals("default", manifest.product());
    assertEquals(UpdateType.COMPLETE, manifest.updateType());
    assertEquals(
        List.of(new Storage("data", true, new NamespaceGroup("web"), 30 << 10)),
        manifest.storage());
    UserTarget web = manifest.targets().get(1);
    assertEquals(Reference.parse("registry.example.com/web:2.3.1"), web.source());
    assertEquals(Optional.of(Digest.parse(DIGEST)), web.digest());
    assertEquals(Optional.of(500L), web.size());
    assertEquals(443, web.network().ports().getFirst().host());
    assertEquals("/var/lib/web", web.storage().getFirst().dest());
  }

  @Test
  void whatIsNotSaidIsTheHosts() {
    UserTarget hostfs = UserManifestFormat.parse(Bytes.utf8(USER)).targets().getFirst();
    assertEquals(Network.HOST, hostfs.network());
    assertEquals(NamespaceGroup.HOST, hostfs.nsgroup());
    assertEquals(Optional.empty(), hostfs.digest());
  }

  @Test
  void aTargetIsResolvedToTheImageThatWasFound() {
    UserTarget web = UserManifestFormat.parse(Bytes.utf8(USER)).targets().get(1);
    Digest found = Digest.of(new byte[] {1});
    Target target = web.resolved(found, 777);
    assertEquals(found, target.digest());
    assertEquals(777, target.size());
    assertEquals("2.3.1", target.version());
  }

  @Test
  void jsonIsYaml() {
    String json =
        """
        {"version": 1, "product": "p", "update_type": "partial", "targets": [
          {"service_name": "a", "service_type": "fs-only", "version": "1", "source": "oci:/d:t"}]}
        """;
    assertEquals("p", UserManifestFormat.parse(Bytes.utf8(json)).product());
  }

  @ParameterizedTest
  @CsvSource({
    "30, 30",
    "512M, 512",
    "30G, 30720",
    "1T, 1048576",
    "'\"30G\"', 30720",
    "'''2G''', 2048"
  })
  void aSizeIsMebibytesOrHasASuffix(String size, long mebibytes) {
    assertEquals(mebibytes, with1("30G", size).storage().getFirst().sizeMiB());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "0G",
        "-1G",
        "+1G",
        "1.5G",
        "1.5",
        "G",
        "''",
        "30g",
        "30GB",
        "30GiB",
        "30 G",
        "30K",
        "9999999999999999999G",
        "9007199254740993T",
        "[30]",
        "~",
        "true",
        "'30'",
        "0x1e",
        "036",
        "1_000",
        "0b11",
        "3e1"
      })
  void anyOtherSizeIsRefused(String size) {
    refusedAt("storage[0].size", () -> with1("30G", size));
  }

  @ParameterizedTest
  @CsvSource({
    "1.10, 1.10",
    "1.0, 1.0",
    "'\"1.10\"', 1.10",
    "'''1.10''', 1.10",
    "1, 1",
    "010, 010",
    "1e3, 1e3",
    "2026-01-02, 2026-01-02",
    "v1, v1",
    "1.0.0-rc.1+b, 1.0.0-rc.1+b",
    "0x1F, 0x1F",
    "1_0, 1_0",
    "0.10, 0.10",
    "+1, +1"
  })
  void aVersionIsTheTextThatStandsThere(String yaml, String version) {
    assertEquals(
        version, with1("version: 1.0.0", "version: " + yaml).targets().getFirst().version());
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "~", "null", "''", "[1]", "{a: b}", "", "\"1\\n2\""})
  void aVersionIsNothingButText(String yaml) {
    refusedAt("targets[0].version", () -> with1("version: 1.0.0", "version: " + yaml));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          source: oci:/srv/images/hostfs:1.0.0 | source: hostfs            | targets[0].source
          source: oci:/srv/images/hostfs:1.0.0 | source: http://h/a:1      | targets[0].source
          `    source: oci:/srv/images/hostfs:1.0.0` | ``                  | targets[0].source
          service_type: hostfs | type: hostfs                              | targets[0].type
          update_type: complete | update_type: full                        | update_type
          product: default | product: ~                                    | product
          host: 443 | host: 65536                                          | targets[1].network.ports[0].host
          host: 443 | host: "443"                                          | targets[1].network.ports[0].host
          type: simple | type: host                                        | targets[1].network.ipv4
          label: data | label: machine-store                               | storage[0].label
          service_name: web | service_name: hostfs                         | targets[1].service_name
          digest: sha256: | digest: md5:                                   | targets[1].digest
          size: 500 | size: 1                                              | targets[1].size
          persistent: true | persistent: "true"                            | storage[0].persistent
          version: 1 | version: one                                        | version
          """)
  void anUnacceptableFieldIsNamed(String part, String replacement, String field) {
    refusedAt(field, () -> with1(part, replacement));
  }

  @Test
  void aVolumeThatIsNotDeclaredIsNamed() {
    refusedAt(
        "targets[1].storage[0].label",
        () -> with1("- label: data\n        dest", "- label: logs\n        dest"));
  }

  @Test
  void anAliasIsRefused() {
    String message =
        refusedAt("targets[0].version", () -> with1("version: 1.0.0", "version: *v")).getMessage();
    assertTrue(message.contains("alias"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"product: *p", "storage: *s", "targets: *t", "update_type: *u", "version: *v"})
  void anAliasIsRefusedWhereverItStands(String line) {
    String field = line.substring(0, line.indexOf(':'));
    String document = USER.replaceFirst("(?m)^" + field + ":.*\n( .*\n)*", line + "\n");
    refusedAt(field, () -> UserManifestFormat.parse(Bytes.utf8(document)));
  }

  @Test
  void aMergeKeyIsRefused() {
    refusedAt(
        "targets[1].<<",
        () -> with1("- service_name: web", "- <<: {nsgroup: web}\n    service_name: web"));
  }

  @Test
  void anchorsThatMultiplyAreRefusedAtOnce() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "x]\n");
    }
    refusedAt("a0", () -> UserManifestFormat.parse(Bytes.utf8(bomb.toString())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: [",
        "a: b: c",
        "\ta: 1",
        "a: \"",
        "{",
        "%YAML 9.9\n---\na: 1",
        "a: !<",
        "&",
        "*",
        "? ",
        "a: |\n\u0000",
        "\u0007",
        "- a\nb: c",
        "%YAML 1111111111111111111111.1\n---\na"
      })
  void whatIsNoYamlIsRefused(String text) {
    String message = refusedAtAnyField(text);
    assertEquals(1, message.lines().count(), message);
  }

  private static String refusedAtAnyField(String text) {
    return org.junit.jupiter.api.Assertions.assertThrows(
            mos.spi.InvalidFieldException.class, () -> UserManifestFormat.parse(Bytes.utf8(text)))
        .getMessage();
  }

  @Test
  void wrongYamlIsRefusedWithItsLine() {
    String message = refusedAtAnyField("version: 1\nproduct: a\n\tx: y\n");
    assertTrue(message.startsWith("not YAML at line 3, column 1: "), message);
  }

  @Test
  void aSecondDocumentIsRefused() {
    refusedAt("", () -> UserManifestFormat.parse(Bytes.utf8(USER + "---\n" + USER)));
  }

  @Test
  void aKeyThatStandsTwiceIsRefused() {
    refusedAt("product", () -> with1("product: default", "product: default\nproduct: other"));
  }

  @Test
  void anUnknownServiceTypeIsRefusedWithTheKnownOnes() {
    UserManifest manifest = UserManifestFormat.parse(Bytes.utf8(USER));
    manifest.checkTypes(Set.of(ServiceType.HOSTFS, ServiceType.CONTAINER));
    String message =
        refusedAt(
                "targets[1].service_type",
                () -> manifest.checkTypes(Set.of(ServiceType.HOSTFS, ServiceType.FS_ONLY)))
            .getMessage();
    assertEquals(
        "targets[1].service_type: 'container' is not known here; known are fs-only, hostfs",
        message);
  }
}
