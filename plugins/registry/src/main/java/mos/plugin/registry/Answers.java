package mos.plugin.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What servers say in JSON besides manifests: tokens, and why something went wrong. */
final class Answers {
  private static final int MAX_REASON = 200;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
          .build();

  private Answers() {}

  /** The strings and numbers of an object, by their names. */
  static Map<String, String> fields(byte[] json) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer is no JSON object");
      }
      readFields(parser, fields);
    }
    return fields;
  }

  private static void readFields(JsonParser parser, Map<String, String> fields) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token.isScalarValue()) {
        fields.put(name, parser.getText());
      } else {
        parser.skipChildren();
      }
    }
  }

  /** What an answer says about why, to be put behind a status. */
  static String because(byte[] json) {
    return error(json).map(text -> ": " + text).orElse("");
  }

  /**
   * The first error of a registry's answer (distribution specification 1.1, "Error Codes"): its
   * code and its message.
   */
  static Optional<String> error(byte[] json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      while (parser.nextToken() != null) {
        boolean element =
            parser.currentToken() == JsonToken.START_OBJECT
                && parser.getParsingContext().getParent().inArray();
        if (element) {
          Map<String, String> fields = new HashMap<>();
          readFields(parser, fields);
          String text =
              (fields.getOrDefault("code", "") + " " + fields.getOrDefault("message", "")).strip();
          return text.isEmpty()
              ? Optional.empty()
              : Optional.of(text.substring(0, Math.min(text.length(), MAX_REASON)));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
