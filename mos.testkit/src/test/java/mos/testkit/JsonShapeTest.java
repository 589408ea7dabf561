package mos.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonShapeTest {
  private static final Map<String, ?> IMAGE =
      object(
          List.of("kind", "size"),
          Map.of(
              "kind", Map.of("const", "Image"),
              "size", Map.of("type", "integer", "minimum", 1),
              "digest", Map.of("type", "string", "pattern", "^sha256:[0-9a-f]+$"),
              "state", Map.of("enum", List.of("old", "new")),
              "tags", Map.of("type", "array", "items", Map.of("type", "string")),
              "done", Map.of("type", "boolean")));

  private static final Map<String, ?> EITHER =
      Map.of(
          "title",
          "an image or a name",
          "oneOf",
          List.of(IMAGE, object(List.of("kind"), Map.of("kind", Map.of("const", "Name")))));

  private static Map<String, ?> object(List<String> required, Map<String, ?> properties) {
    return Map.of(
        "type",
        "object",
        "required",
        required,
        "properties",
        properties,
        "additionalProperties",
        false);
  }

  private static void fits(Map<String, ?> value) {
    assertEquals("", JsonShape.misfit(IMAGE, value));
  }

  private static void misfits(String problem, Map<String, ?> value) {
    assertEquals(problem, JsonShape.misfit(IMAGE, value));
  }

  @Test
  void whatIsDescribedFits() {
    fits(Map.of("kind", "Image", "size", 1));
    fits(Map.of("kind", "Image", "size", 1L << 40, "digest", "sha256:0a", "state", "new"));
    fits(Map.of("kind", "Image", "size", 7, "tags", List.of("a", "b"), "done", false));
  }

  @Test
  void whatIsNotDescribedDoesNotFit() {
    misfits(".size is missing", Map.of("kind", "Image"));
    misfits(".kind is not Image", Map.of("kind", "Picture", "size", 1));
    misfits(".size is too small", Map.of("kind", "Image", "size", 0));
    misfits(".size is no integer", Map.of("kind", "Image", "size", "1"));
    misfits(".size is no integer", Map.of("kind", "Image", "size", 1.5));
    misfits(
        ".digest is no such string: sha1:0",
        Map.of("kind", "Image", "size", 1, "digest", "sha1:0"));
    misfits(".digest is no such string: 5", Map.of("kind", "Image", "size", 1, "digest", 5));
    misfits(
        ".state is none of [old, new]", Map.of("kind", "Image", "size", 1, "state", "in between"));
    misfits(
        ".tags[1] is no such string: null",
        Map.of("kind", "Image", "size", 1, "tags", Arrays.asList("a", null)));
    misfits(".tags is no list", Map.of("kind", "Image", "size", 1, "tags", "a"));
    misfits(".done is no boolean", Map.of("kind", "Image", "size", 1, "done", "yes"));
    misfits(".colour is not described", Map.of("kind", "Image", "size", 1, "colour", "red"));
    assertEquals(" is no object", JsonShape.misfit(IMAGE, "Image"));
  }

  @Test
  void exactlyOneOfSeveralShapesMustFit() {
    assertEquals("", JsonShape.misfit(EITHER, Map.of("kind", "Name")));
    assertEquals(
        " fits not exactly one of 2: [.size is missing, .kind is not Name]",
        JsonShape.misfit(EITHER, Map.of("kind", "Image")));
    Map<String, ?> twice =
        Map.of("oneOf", List.of(Map.of("type", "string"), Map.of("enum", List.of("a"))));
    assertEquals("", JsonShape.misfit(twice, "b"));
    assertEquals(" fits not exactly one of 2: []", JsonShape.misfit(twice, "a"));
  }

  @Test
  void aSchemaThatSaysMoreThanIsCheckedIsAnError() {
    for (Map<String, ?> schema :
        List.of(
            Map.of("type", "string", "maxLength", 5),
            Map.of("type", "number"),
            Map.of("type", "array"),
            Map.of("description", "no type"))) {
      assertThrows(
          IllegalArgumentException.class, () -> JsonShape.misfit(schema, List.of("value")));
    }
  }
}
