package mos.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of JSON Schema (draft 2020-12) that the schemas of mos use. Schemas and values are what
 * a JSON parser makes of them: maps, lists, strings, numbers, booleans and null.
 */
public final class JsonShape {
  private static final Set<String> KEYWORDS =
      Set.of(
          "$schema",
          "title",
          "description",
          "oneOf",
          "const",
          "enum",
          "type",
          "pattern",
          "minimum",
          "items",
          "properties",
          "required",
          "additionalProperties");

  private JsonShape() {}

  /**
   * Says where a value does not fit a schema.
   *
   * @return empty when it fits
   * @throws IllegalArgumentException when the schema uses what this check does not know
   */
  public static String misfit(@Nullable Object schema, @Nullable Object value) {
    return misfit(map(schema), value, "");
  }

  private static String misfit(Map<?, ?> shape, @Nullable Object value, String where) {
    if (!KEYWORDS.containsAll(shape.keySet())) {
      throw new IllegalArgumentException("a schema with unknown keywords: " + shape.keySet());
    }
    if (shape.containsKey("oneOf")) {
      return oneOf(list(shape.get("oneOf")), value, where);
    }
    if (shape.containsKey("const")) {
      Object only = shape.get("const");
      return only != null && only.equals(value) ? "" : where + " is not " + only;
    }
    if (shape.containsKey("enum")) {
      List<?> allowed = list(shape.get("enum"));
      return allowed.contains(value) ? "" : where + " is none of " + allowed;
    }
    String type = String.valueOf(shape.get("type"));
    return switch (type) {
      case "string" -> text(shape, value, where);
      case "boolean" -> value instanceof Boolean ? "" : where + " is no boolean";
      case "integer" -> integer(shape, value, where);
      case "array" -> array(shape, value, where);
      case "object" -> object(shape, value, where);
      default -> throw new IllegalArgumentException(where + ": a schema of type " + type);
    };
  }

  private static String oneOf(List<?> shapes, @Nullable Object value, String where) {
    List<String> problems = new ArrayList<>();
    for (Object shape : shapes) {
      String problem = misfit(map(shape), value, where);
      if (!problem.isEmpty()) {
        problems.add(problem);
      }
    }
    return problems.size() == shapes.size() - 1
        ? ""
        : where + " fits not exactly one of " + shapes.size() + ": " + problems;
  }

  private static String text(Map<?, ?> shape, @Nullable Object value, String where) {
    Object pattern = shape.get("pattern");
    boolean fits =
        value instanceof String string
            && (pattern == null || Pattern.compile(pattern.toString()).matcher(string).find());
    return fits ? "" : where + " is no such string: " + value;
  }

  private static String integer(Map<?, ?> shape, @Nullable Object value, String where) {
    if (!(value instanceof Integer || value instanceof Long)) {
      return where + " is no integer";
    }
    boolean tooSmall =
        shape.get("minimum") instanceof Number least
            && ((Number) value).longValue() < least.longValue();
    return tooSmall ? where + " is too small" : "";
  }

  private static String array(Map<?, ?> shape, @Nullable Object value, String where) {
    if (!(value instanceof List<?> elements)) {
      return where + " is no list";
    }
    for (int i = 0; i < elements.size(); i++) {
      String problem = misfit(map(shape.get("items")), elements.get(i), where + "[" + i + "]");
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  /** What is not described is never allowed. */
  private static String object(Map<?, ?> shape, @Nullable Object value, String where) {
    if (!(value instanceof Map<?, ?> fields)) {
      return where + " is no object";
    }
    for (Object name : list(shape.get("required"))) {
      if (!fields.containsKey(name)) {
        return where + "." + name + " is missing";
      }
    }
    Map<?, ?> described = map(shape.get("properties"));
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      String name = where + "." + field.getKey();
      String problem =
          described.containsKey(field.getKey())
              ? misfit(map(described.get(field.getKey())), field.getValue(), name)
              : name + " is not described";
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  private static Map<?, ?> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("a schema has no mapping where it needs one: " + value);
  }

  private static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("a schema has no list where it needs one: " + value);
  }
}
