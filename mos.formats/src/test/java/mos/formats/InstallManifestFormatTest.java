package mos.formats;

import static mos.formats.Documents.DIGEST;
import static mos.formats.Documents.INSTALL;
import static mos.formats.Documents.refusedAt;
import static mos.formats.Documents.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.IpAddress;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.NetworkType;
import mos.spi.model.PortForward;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.StorageMount;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstallManifestFormatTest {
  private static final NamespaceGroup WEB = new NamespaceGroup("web");
  private static final InstallManifest MODEL =
      new InstallManifest(
          1,
          "0b8a3b5e-0000-4000-8000-00000000000a",
          List.of(new Storage("data", true, WEB, 512)),
          List.of(
              new Target(
                  "hostfs",
                  "1.0",
                  ServiceType.HOSTFS,
                  Network.HOST,
                  NamespaceGroup.HOST,
                  Digest.parse(DIGEST),
                  500,
                  List.of()),
              new Target(
                  "web",
                  "2.1",
                  ServiceType.CONTAINER,
                  new Network(
                      NetworkType.SIMPLE,
                      Optional.of(IpAddress.v4("", "10.0.3.7/24")),
                      Optional.of(IpAddress.v6("", "fd00::7")),
                      List.of(new PortForward(443, 8443))),
                  WEB,
                  Digest.parse(DIGEST),
                  501,
                  List.of(new StorageMount("/var/lib/web", "data")))),
          UpdateType.COMPLETE);

  private static InstallManifest with1(String part, String replacement) {
    return InstallManifestFormat.parse(with(INSTALL, part, replacement));
  }

  @Test
  void everyFieldIsRead() {
    assertEquals(MODEL, InstallManifestFormat.parse(Bytes.utf8(INSTALL)));
  }

  @Test
  void theBytesAreThoseOfTheOriginal() {
    assertEquals(INSTALL, InstallManifestFormat.write(MODEL).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"ports\":[]",
        "\"storage\":[],\"size\"",
        "\"ipv4\":\"\"",
        "\"nsgroup\":\"\"",
        "\"type\":\"host\""
      })
  void whatIsEmptyMayBeNull(String part) {
    String nothing = part.replaceFirst(":(\\[\\]|\"[a-z]*\")", ":null");
    assertEquals(MODEL, with1(part, nothing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"network\":{\"type\":\"host\",\"ipv4\":\"\",\"ipv6\":\"\",\"ports\":[]},",
        "\"storage\":[],",
        "\"nsgroup\":\"\",",
      })
  void whatIsEmptyMayBeAbsent(String part) {
    assertEquals(MODEL, with1(part, ""));
  }

  @Test
  void theHostsIdsMayBeCalledNone() {
    assertEquals(MODEL, with1("\"nsgroup\":\"\"", "\"nsgroup\":\"none\""));
  }

  @Test
  void aManifestWithoutVolumesHasNullForThem() {
    InstallManifest manifest =
        InstallManifestFormat.parse(
            Bytes.utf8(
                """
                {"version":1,"product":"p","storage":null,"targets":[{"service_name":"hostfs",
                "version":"1","service_type":"hostfs","network":{"type":"host","ports":null},
                "nsgroup":"none","digest":"%s","storage":null,"size":7}],"update_type":"partial"}
                """
                    .formatted(DIGEST)));
    assertEquals(List.of(), manifest.storage());
  }

  @Test
  void portsOnTheHostsNetworkInASignedManifestDoNoHarm() {
    InstallManifest manifest = with1("\"ports\":[]", "\"ports\":[{\"host\":80,\"container\":80}]");
    assertEquals(List.of(new PortForward(80, 80)), manifest.targets().getFirst().network().ports());
    assertEquals(manifest, InstallManifestFormat.parse(InstallManifestFormat.write(manifest)));
  }

  @Test
  void anInstallManifestMayBeYaml() {
    String yaml =
        """
        version: 1
        product: p
        update_type: complete
        targets:
          - {service_name: hostfs, version: 1.10, service_type: hostfs, digest: "%s", size: 7}
        """
            .formatted(DIGEST);
    Target target = InstallManifestFormat.parse(Bytes.utf8(yaml)).targets().getFirst();
    assertEquals("1.10", target.version());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          "version":1,                    | ``                        | version
          "product":"0b8a3b5e-0000-4000-8000-00000000000a", | ``      | product
          ,"update_type":"complete"       | ``                        | update_type
          "service_name":"hostfs",        | ``                        | targets[0].service_name
          "version":"1.0",                | ``                        | targets[0].version
          "service_type":"hostfs",        | ``                        | targets[0].service_type
          "service_type":"hostfs"         | "service_type":"host/fs"  | targets[0].service_type
          ,"size":500                     | ``                        | targets[0].size
          "host":443,                     | ``                        | targets[1].network.ports[0].host
          ,"container":8443               | ``                        | targets[1].network.ports[0].container
          "dest":"/var/lib/web",          | ``                        | targets[1].storage[0].dest
          ,"label":"data"}]               | }]                        | targets[1].storage[0].label
          "label":"data",                 | ``                        | storage[0].label
          ,"size":512                     | ``                        | storage[0].size
          "version":1                     | "version":2               | version
          "update_type":"complete"        | "update_type":"full"      | update_type
          "host":443                      | "host":0                  | targets[1].network.ports[0].host
          "host":443                      | "host":65536              | targets[1].network.ports[0].host
          "container":8443                | "container":0             | targets[1].network.ports[0].container
          "ipv4":"10.0.3.7/24"            | "ipv4":"10.0.3"           | targets[1].network.ipv4
          "ipv6":"fd00::7"                | "ipv6":"10.0.0.1"         | targets[1].network.ipv6
          "type":"simple"                 | "type":"bridge"           | targets[1].network.type
          "service_name":"web"            | "service_name":"hostfs"   | targets[1].service_name
          "service_name":"web"            | "service_name":"../web"   | targets[1].service_name
          "service_name":"web"            | "service_name":"sshd"     | targets[1].service_name
          "dest":"/var/lib/web"           | "dest":"/var/../etc"      | targets[1].storage[0].dest
          "dest":"/var/lib/web"           | "dest":"/a\\nb"           | targets[1].storage[0].dest
          "label":"data","persistent"     | "label":"esp","persistent" | storage[0].label
          "nsgroup":"web","size":512      | "nsgroup":"../x","size":512 | storage[0].nsgroup
          "digest":"sha256:               | "digest":"sha512:         | targets[0].digest
          "digest":"sha256:4              | "digest":"sha256:A        | targets[0].digest
          "size":500                      | "size":1                  | targets[0].size
          "size":512                      | "size":0                  | storage[0].size
          "size":512                      | "size":-1                 | storage[0].size
          "size":512                      | "size":"512"              | storage[0].size
          """)
  void anUnacceptableFieldIsNamed(String part, String replacement, String field) {
    refusedAt(field, () -> with1(part, replacement));
  }

  @Test
  void aManifestWithoutTargetsIsRefused() {
    String text = "{\"version\":1,\"product\":\"p\",\"targets\":null,\"update_type\":\"complete\"}";
    refusedAt("targets", () -> InstallManifestFormat.parse(Bytes.utf8(text)));
  }
}
