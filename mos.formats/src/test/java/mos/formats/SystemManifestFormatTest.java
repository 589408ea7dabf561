package mos.formats;

import static mos.formats.Documents.HEX;
import static mos.formats.Documents.SYSTEM;
import static mos.formats.Documents.refusedAt;
import static mos.formats.Documents.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.IdRange;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Storage;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemManifestFormatTest {
  private static final NamespaceGroup WEB = new NamespaceGroup("web");
  private static final SystemManifest MODEL =
      new SystemManifest(
          List.of(new IdRange(WEB, 100_000)),
          List.of(new SystemTarget("hostfs", new Digest(HEX))),
          List.of(new Storage("data", true, WEB, 512)));

  private static SystemManifest with1(String part, String replacement) {
    return SystemManifestFormat.parse(with(SYSTEM, part, replacement));
  }

  @Test
  void everyFieldIsRead() {
    assertEquals(MODEL, SystemManifestFormat.parse(Bytes.utf8(SYSTEM)));
  }

  @Test
  void theSameModelGivesTheSameBytes() {
    assertEquals(SYSTEM, SystemManifestFormat.write(MODEL).text());
  }

  @Test
  void theNamesOfTheOriginalAreRead() {
    assertEquals(MODEL, with1(".yaml", ".json"));
  }

  @Test
  void lesson17OfGroupsWithOneRangeAsTheOriginalWritesThemTheFirstKeepsIt() {
    String range = "{\"idmap-name\":\"web\",\"hostid\":100000}";
    assertEquals(MODEL, with1(range, range + "," + range.replace("web", "db")));
  }

  @Test
  void lesson17RangesThatOverlapOtherwiseAreRefused() {
    String range = "{\"idmap-name\":\"web\",\"hostid\":100000}";
    String other = range.replace("web", "db").replace("100000", "100001");
    refusedAt(
        "uidmaps[1].hostid",
        () -> SystemManifestFormat.parse(with(SYSTEM, range, range + "," + other)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DefaultNic", "UsedPorts", "IpAddrs"})
  void whatTheOriginalAddsToTheManifestIsIgnored(String key) {
    assertEquals(MODEL, with1("{\"uidmaps\"", "{\"" + key + "\":{\"a\":[1,null]},\"uidmaps\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"OCIManifest", "OCIConfig"})
  void whatTheOriginalAddsToATargetIsIgnored(String key) {
    assertEquals(
        MODEL, with1("{\"name\"", "{\"" + key + "\":{\"layers\":[{\"size\":1}]},\"name\""));
  }

  @Test
  void nothingElseIsIgnored() {
    refusedAt("other", () -> with1("{\"uidmaps\"", "{\"other\":1,\"uidmaps\""));
    refusedAt("targets[0].other", () -> with1("{\"name\"", "{\"other\":1,\"name\""));
  }

  @Test
  void emptyListsMayBeNull() {
    SystemManifest empty =
        SystemManifestFormat.parse(
            Bytes.utf8("{\"uidmaps\":null,\"targets\":null,\"storage\":null}"));
    assertEquals(new SystemManifest(List.of(), List.of(), List.of()), empty);
  }

  @Test
  void yamlIsReadToo() {
    String yaml = "targets:\n- name: hostfs\n  source: " + HEX + ".yaml\n";
    assertEquals(MODEL.targets(), SystemManifestFormat.parse(Bytes.utf8(yaml)).targets());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          .yaml              | ``                  | targets[0].source
          .yaml              | .pem                | targets[0].source
          "source":"4        | "source":"../4      | targets[0].source
          "source":"4        | "source":"A         | targets[0].source
          "name":"hostfs"    | "name":"../hostfs"  | targets[0].name
          "hostid":100000    | "hostid":0          | uidmaps[0].hostid
          "hostid":100000    | "hostid":9223372036854775807 | uidmaps[0].hostid
          "idmap-name":"web" | "idmap-name":""     | uidmaps[0].idmap-name
          "idmap-name":"web" | "idmap-name":"a b"  | uidmaps[0]
          "idmap-name":"web",| ``                  | uidmaps[0].idmap-name
          ,"hostid":100000   | ``                  | uidmaps[0].hostid
          """)
  void anUnacceptableFieldIsNamed(String part, String replacement, String field) {
    refusedAt(field, () -> with1(part, replacement));
  }
}
