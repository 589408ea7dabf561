package mos.formats;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mos.spi.InvalidFieldException;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutIndexFormatTest {
  private static final Descriptor ONE =
      Descriptor.of(MediaTypes.MANIFEST, Bytes.utf8("1").digest(), 1)
          .withAnnotations(Map.of(MediaTypes.REF_NAME, "v1"));
  private static final Descriptor TWO =
      Descriptor.of(MediaTypes.MANIFEST, Bytes.utf8("2").digest(), 2);

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Descriptor> read(String text) throws IOException {
    List<Descriptor> entries = new ArrayList<>();
    LayoutIndexFormat.read(in(text), entries::add);
    return entries;
  }

  private static String write(Descriptor... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayoutIndexFormat.write(out, List.of(entries));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String copy(String text, Predicate<Descriptor> kept, Descriptor... added)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayoutIndexFormat.copy(in(text), out, kept, List.of(added));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatItWrites() throws IOException {
    assertEquals(List.of(ONE, TWO), read(write(ONE, TWO)));
  }

  @Test
  void readsTheEmptyIndexThatZotBegins() throws IOException {
    assertEquals(List.of(), read("{\"schemaVersion\":2,\"manifests\":null}"));
    assertEquals(write(ONE), copy("{\"schemaVersion\":2,\"manifests\":null}", e -> true, ONE));
  }

  @Test
  void readsMoreEntriesThanADocumentMayHave() throws IOException {
    Descriptor[] many = new Descriptor[20_000];
    java.util.Arrays.fill(many, TWO);
    assertEquals(20_000, read(write(many)).size());
  }

  @Test
  void copyingReplacesAndAdds() throws IOException {
    assertEquals(write(TWO), copy(write(ONE), e -> !e.equals(ONE), TWO));
    assertEquals(write(ONE, TWO), copy(write(ONE), e -> true, TWO));
    assertEquals("{\"manifests\":[]}", copy("{}", e -> true));
  }

  @Test
  void anEntryWithAnotherDigestIsPassedOverAndKept() throws IOException {
    String foreign =
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"sha512:00ff\",\"size\":3}]}";
    assertEquals(List.of(), read(foreign));
    assertEquals(foreign, copy(foreign, e -> false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | must be a mapping",
        "{\"schemaVersion\":1} | schemaVersion: must be 2",
        "{\"manifests\":{}} | manifests: must be a list",
        "{\"manifests\":[1]} | manifests[0]: must be a mapping",
        "{\"manifests\":[{\"digest\":\"sha256:00\"}]} | manifests[0].digest",
        "{\"manifests\":[{\"digest\":\"\"}]} | manifests[0].digest",
        "{\"manifests\":[],\"manifests\":[]} | manifests: stands twice",
        "{\"manifests\":[]}x | not",
        "{\"manifests\":[ | not",
        "'' | not",
      })
  void whatIsNoIndexIsInvalid(String text, String message) {
    InvalidFieldException invalid = assertThrows(InvalidFieldException.class, () -> read(text));
    assertTrue(invalid.getMessage().contains(message), invalid.getMessage());
  }

  @Test
  void anIndexInAnotherEncodingIsRefused() {
    for (Charset charset : List.of(UTF_16, UTF_16LE, UTF_16BE, Charset.forName("UTF-32BE"))) {
      InputStream in = new ByteArrayInputStream("{\"manifests\":[]}".getBytes(charset));
      InvalidFieldException invalid =
          assertThrows(
              InvalidFieldException.class,
              () -> LayoutIndexFormat.read(in, entry -> {}),
              charset::name);
      assertEquals("not JSON: it is not UTF-8 text", invalid.getMessage());
    }
  }
}
