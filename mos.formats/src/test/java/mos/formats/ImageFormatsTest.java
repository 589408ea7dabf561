package mos.formats;

import static mos.formats.Documents.DIGEST;
import static mos.formats.Documents.HEX;
import static mos.formats.Documents.IMAGE;
import static mos.formats.Documents.INDEX;
import static mos.formats.Documents.refusedAt;
import static mos.formats.Documents.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import mos.spi.InvalidFieldException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.ImageManifest;
import mos.spi.image.Platform;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFormatsTest {
  private static final Digest BLOB = Digest.parse(DIGEST);

  @Test
  void everyUsedFieldOfAnImageManifestIsRead() {
    ImageManifest manifest = ImageManifestFormat.parse(Bytes.utf8(IMAGE));
    assertEquals(Optional.of("application/x.test"), manifest.artifactType());
    assertEquals(Descriptor.of("application/vnd.oci.empty.v1+json", BLOB, 2), manifest.config());
    assertEquals(Map.of("a", "1", "b", "2"), manifest.layers().getFirst().annotations());
    assertEquals(300, manifest.subject().orElseThrow().size());
    assertEquals(Map.of("c", "3"), manifest.annotations());
  }

  @Test
  void anImageManifestIsWrittenTheSameEveryTime() {
    Bytes bytes = Bytes.utf8(IMAGE);
    assertEquals(IMAGE, ImageManifestFormat.write(ImageManifestFormat.parse(bytes)).text());
  }

  @Test
  void everyUsedFieldOfAnIndexIsRead() {
    ImageIndex index = ImageIndexFormat.parse(Bytes.utf8(INDEX));
    Descriptor manifest = index.manifests().getFirst();
    assertEquals(
        Optional.of(new Platform("arm64", "linux", Optional.of("v8"))), manifest.platform());
    assertEquals(Map.of("org.opencontainers.image.ref.name", "1.0"), manifest.annotations());
    assertEquals(Map.of("c", "3"), index.annotations());
  }

  @Test
  void anIndexIsWrittenTheSameEveryTime() {
    assertEquals(INDEX, ImageIndexFormat.write(ImageIndexFormat.parse(Bytes.utf8(INDEX))).text());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {"schemaVersion"  | {"future":{"a":[1,{"b":null}]},"schemaVersion"
          "size":4096       | "size":4096,"urls":["https://x"],"data":"e30="
          "size":2          | "size":2,"future":1.5
          """)
  void fieldsThatTheSpecificationMayAddAreIgnored(String part, String replacement) {
    assertEquals(
        ImageManifestFormat.parse(Bytes.utf8(IMAGE)),
        ImageManifestFormat.parse(with(IMAGE, part, replacement)));
  }

  @Test
  void dockersSchema2IsRead() {
    Bytes docker =
        with(
            IMAGE,
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json");
    assertEquals(1, ImageManifestFormat.parse(docker).layers().size());
  }

  @Test
  void dockersManifestListIsRead() {
    Bytes docker =
        with(
            INDEX,
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");
    assertEquals(1, ImageIndexFormat.parse(docker).manifests().size());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          "schemaVersion":2,       | ``                       | schemaVersion
          "schemaVersion":2        | "schemaVersion":1        | schemaVersion
          "schemaVersion":2        | "schemaVersion":"2"      | schemaVersion
          image.manifest.v1+json   | image.index.v1+json      | mediaType
          "config":                | "other":                 | config
          "layers":                | "other":                 | layers
          "size":2                 | "size":-2                | config.size
          ,"size":4096             | ``                       | layers[0].size
          "size":4096              | "size":"4096"            | layers[0].size
          "digest":"sha256:4       | "digest":"sha256:Z       | config.digest
          "digest":"sha256:4       | "digest":"sha512:4       | config.digest
          "annotations":{"a":"1"   | "annotations":{"a":1     | layers[0].annotations.a
          "annotations":{"a":"1"   | "annotations":{"a":"1","a":"2" | layers[0].annotations.a
          """)
  void anUnacceptableFieldOfAnImageIsNamed(String part, String replacement, String field) {
    refusedAt(field, () -> ImageManifestFormat.parse(with(IMAGE, part, replacement)));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          "schemaVersion":2,       | ``                       | schemaVersion
          image.index.v1+json      | image.manifest.v1+json   | mediaType
          "size":300               | "size":1e3               | manifests[0].size
          "platform":{             | "platform":[],"x":{      | manifests[0].platform
          "manifests":[            | "manifests":[null,       | manifests[0]
          """)
  void anUnacceptableFieldOfAnIndexIsNamed(String part, String replacement, String field) {
    refusedAt(field, () -> ImageIndexFormat.parse(with(INDEX, part, replacement)));
  }

  private static String copied(String index, Predicate<Descriptor> kept, Descriptor... added)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayoutIndexFormat.copy(Bytes.utf8(index).stream(), out, kept, List.of(added));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<Descriptor> entries(String index) throws IOException {
    List<Descriptor> entries = new ArrayList<>();
    LayoutIndexFormat.read(Bytes.utf8(index).stream(), entries::add);
    return entries;
  }

  @Test
  void theIndexOfALayoutIsReadEntryByEntry() throws IOException {
    assertEquals(ImageIndexFormat.parse(Bytes.utf8(INDEX)).manifests(), entries(INDEX));
  }

  @Test
  void theIndexOfALayoutMayBeLong() throws IOException {
    Descriptor entry = Descriptor.of("application/x", BLOB, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayoutIndexFormat.write(out, java.util.Collections.nCopies(30_000, entry));
    assertEquals(30_000, entries(out.toString(StandardCharsets.UTF_8)).size());
  }

  @Test
  void aLayoutMayHoldDigestsThatWeDoNotKnow() throws IOException {
    String foreign = INDEX.replace(DIGEST, "sha512:" + HEX + HEX);
    assertEquals(List.of(), entries(foreign));
    assertEquals(foreign, copied(foreign, entry -> false));
  }

  @Test
  void whatOthersWroteIsCopiedAsItIs() throws IOException {
    String index = INDEX.replace("\"size\":300", "\"size\":300,\"future\":[1.50,{\"a\":null}]");
    assertEquals(index, copied(index, entry -> true));
  }

  @Test
  void anEntryCanBeReplaced() throws IOException {
    Descriptor added = Descriptor.of("application/x", BLOB, 1);
    assertEquals(List.of(added), entries(copied(INDEX, entry -> false, added)));
  }

  @Test
  void entriesAreAddedToAnIndexThatHasNone() throws IOException {
    Descriptor added = Descriptor.of("application/x", BLOB, 1);
    assertEquals(List.of(added), entries(copied("{\"schemaVersion\":2}", entry -> true, added)));
    assertEquals(
        List.of(added),
        entries(copied("{\"schemaVersion\":2,\"manifests\":null}", entry -> true, added)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"schemaVersion\":1}",
        "{\"manifests\":{}}",
        "{\"manifests\":[{}]}",
        "{} {}",
        "{\"manifests\":[{\"mediaType\":\"a\",\"digest\":\"sha256:00\",\"size\":1}]}",
        "{\"manifests\":[{\"mediaType\":\"a\",\"digest\":\"../../etc\",\"size\":1}]}"
      })
  void aDamagedIndexOfALayoutIsRefused(String index) {
    InvalidFieldException e = assertThrows(InvalidFieldException.class, () -> entries(index));
    assertTrue(e.getMessage().length() < 300, e.getMessage());
  }
}
