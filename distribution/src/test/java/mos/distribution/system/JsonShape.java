package mos.distribution.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** The part of JSON Schema that the schemas of mos use. */
final class JsonShape {
  private JsonShape() {}

  /** Says where a value does not fit; empty when it does. */
  static String misfit(JsonNode shape, JsonNode value, String where) {
    if (shape.has("const")) {
      return shape.get("const").equals(value) ? "" : where + " is not " + shape.get("const");
    }
    if (shape.has("enum")) {
      for (JsonNode allowed : shape.get("enum")) {
        if (allowed.equals(value)) {
          return "";
        }
      }
      return where + " is none of " + shape.get("enum");
    }
    return switch (shape.get("type").textValue()) {
      case "string" -> text(shape, value, where);
      case "boolean" -> value.isBoolean() ? "" : where + " is no boolean";
      case "integer" ->
          value.isIntegralNumber() && value.longValue() >= 0 ? "" : where + " is no size";
      case "array" -> list(shape, value, where);
      case "object" -> object(shape, value, where);
      default -> where + ": a type that this check does not know";
    };
  }

  private static String text(JsonNode shape, JsonNode value, String where) {
    boolean fits =
        value.isTextual()
            && (!shape.has("pattern")
                || value.textValue().matches(shape.get("pattern").textValue()));
    return fits ? "" : where + " is no such string: " + value;
  }

  private static String list(JsonNode shape, JsonNode value, String where) {
    if (!value.isArray()) {
      return where + " is no list";
    }
    for (int i = 0; i < value.size(); i++) {
      String problem = misfit(shape.get("items"), value.get(i), where + "[" + i + "]");
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  private static String object(JsonNode shape, JsonNode value, String where) {
    if (!value.isObject()) {
      return where + " is no object";
    }
    for (JsonNode name : shape.get("required")) {
      if (!value.has(name.textValue())) {
        return where + "." + name.textValue() + " is missing";
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode described = shape.get("properties").get(field.getKey());
      String name = where + "." + field.getKey();
      String problem =
          described == null
              ? name + " is not described"
              : misfit(described, field.getValue(), name);
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }
}
