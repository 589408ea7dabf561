package mos.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import mos.spi.model.Bytes;

/**
 * Results of commands and events as JSON: maps, lists, strings, paths, numbers and booleans, in the
 * order given.
 */
public final class ResultFormat {
  private ResultFormat() {}

  /** Writes a document on one line. */
  public static Bytes write(Map<String, ?> document) {
    return DocumentWriter.object(json -> fields(json, document));
  }

  private static void fields(JsonGenerator json, Map<?, ?> map) throws IOException {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      value(json, entry.getValue());
    }
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        fields(json, map);
        json.writeEndObject();
      }
      // A path is an Iterable of paths, without end.
      case Path path -> json.writeString(path.toString());
      case Iterable<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          value(json, element);
        }
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }
}
