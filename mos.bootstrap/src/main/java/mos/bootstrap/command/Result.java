package mos.bootstrap.command;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a command has to say.
 *
 * @param kind the JSON document's kind
 * @param fields its content, in order
 * @param text the same for a person; may be empty
 * @param status the exit status, 0 unless part of the work failed
 */
public record Result(String kind, Map<String, ?> fields, String text, int status) {
  static Result of(String kind, String text, Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return new Result(kind, fields, text, 0);
  }

  /** The JSON document, as {@code docs/schema/result.schema.json} has it. */
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("apiVersion", "mos/v1");
    document.put("kind", kind);
    document.putAll(fields);
    return document;
  }
}
