package mos.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Target;

/**
 * Reads a document strictly: every value has the type that is asked for, no key stands twice,
 * nothing follows the end. Errors carry the path of the field, or line and column where the syntax
 * itself is wrong.
 */
final class DocumentReader {
  private static final int MAX_ELEMENTS = 10_000;

  /** No document that is read whole may be larger than the largest of them, an image manifest. */
  private static final long MAX_BYTES = Target.MAX_IMAGE_MANIFEST;

  /** Reads the value of one field. */
  @FunctionalInterface
  interface Field {
    /** Reads it, or calls {@link #unknown} or {@link #skip}. */
    void read(String name) throws IOException;
  }

  /** Reads one value. */
  @FunctionalInterface
  interface Element<T> {
    /** Reads it. */
    T read() throws IOException;
  }

  /** Reads one value and does something with it. */
  @FunctionalInterface
  interface Step {
    /** Reads it. */
    void read() throws IOException;
  }

  private static final int MAX_REASON = 200;

  private static final Pattern MARK =
      Pattern.compile("^ in '?reader'?, line ([0-9]+), column ([0-9]+):$", Pattern.MULTILINE);

  private static final Pattern DECIMAL = Pattern.compile("-?(?:0|[1-9][0-9]*)");

  private final JsonParser parser;
  private final StringBuilder path = new StringBuilder();

  private DocumentReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a whole document.
   *
   * @throws InvalidFieldException when it is not what {@code shape} expects
   */
  static <T> T read(Bytes bytes, Syntax syntax, Function<DocumentReader, Element<T>> shape) {
    if (bytes.size() > MAX_BYTES) {
      throw new InvalidFieldException("", "is larger than " + MAX_BYTES + " bytes");
    }
    try (JsonParser parser = syntax.parser(bytes)) {
      DocumentReader reader = new DocumentReader(parser);
      if (parser.nextToken() == null) {
        throw new InvalidFieldException("", "the document is empty");
      }
      T value = shape.apply(reader).read();
      if (parser.nextToken() != null) {
        throw reader.invalid("something follows the end of the document");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw syntaxError(syntax, e);
    } catch (IOException e) {
      throw new InvalidFieldException("", "not " + syntax + ": " + e.getMessage());
    }
  }

  /** Reads a whole JSON document from a stream, which may be long. */
  static <T> T stream(InputStream in, Function<DocumentReader, Element<T>> shape)
      throws IOException {
    try (JsonParser parser = Syntax.parser(in)) {
      DocumentReader reader = new DocumentReader(parser);
      if (parser.nextToken() == null) {
        throw new InvalidFieldException("", "the document is empty");
      }
      T value = shape.apply(reader).read();
      if (parser.nextToken() != null) {
        throw reader.invalid("something follows the end of the document");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw syntaxError(Syntax.JSON, e);
    }
  }

  /**
   * The error of a parser in one line. YAML's has several: what it was doing, what it found, and
   * indented the places and an excerpt, of which the last place is where to look.
   */
  static InvalidFieldException syntaxError(Syntax syntax, JsonProcessingException e) {
    String message = e.getOriginalMessage();
    String place =
        e.getLocation() == null
            ? ""
            : place(
                String.valueOf(e.getLocation().getLineNr()),
                String.valueOf(e.getLocation().getColumnNr()));
    Matcher mark = MARK.matcher(message);
    while (mark.find()) {
      place = place(mark.group(1), mark.group(2));
    }
    String reason =
        message
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith(" "))
            .collect(Collectors.joining(": "));
    if (reason.length() > MAX_REASON) {
      reason = reason.substring(0, MAX_REASON) + "…";
    }
    return new InvalidFieldException("", "not " + syntax + place + ": " + reason);
  }

  private static String place(String line, String column) {
    return " at line " + line + ", column " + column;
  }

  /** An error at the current field. */
  InvalidFieldException invalid(String problem) {
    return new InvalidFieldException(path.toString(), problem);
  }

  /** An error about a field of the current object that is not there. */
  InvalidFieldException missing(String field) {
    return new InvalidFieldException(field, "is missing").under(path.toString());
  }

  /** Makes a record from what was read; what it refuses gets the current path. */
  <T> T make(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (InvalidFieldException e) {
      throw e.under(path.toString());
    }
  }

  /** Reads an object: calls {@code field} for each of its keys. */
  void object(Field field) throws IOException {
    expect(JsonToken.START_OBJECT, "a mapping");
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (name == null) {
        throw invalid("must be a mapping of names to values");
      }
      int length = path.length();
      path.append(length == 0 ? "" : ".").append(name);
      if (!seen.add(unicode(name))) {
        throw invalid("stands twice");
      }
      parser.nextToken();
      field.read(name);
      path.setLength(length);
    }
  }

  /** Reads an object if there is one: null means none. */
  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** Reads a list; null is an empty one. */
  <T> List<T> list(Element<T> element) throws IOException {
    List<T> list = new ArrayList<>();
    if (isNull()) {
      return list;
    }
    expect(JsonToken.START_ARRAY, "a list");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (list.size() == MAX_ELEMENTS) {
        throw invalid("has more than " + MAX_ELEMENTS + " elements");
      }
      int length = path.length();
      path.append('[').append(list.size()).append(']');
      list.add(element.read());
      path.setLength(length);
    }
    return list;
  }

  /** Reads a list of any length, one element after the other; null is an empty one. */
  void each(Step element) throws IOException {
    if (isNull()) {
      return;
    }
    expect(JsonToken.START_ARRAY, "a list");
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      int length = path.length();
      path.append('[').append(i).append(']');
      element.read();
      path.setLength(length);
    }
  }

  /** Reads a mapping of strings to strings; null is an empty one. */
  Map<String, String> strings() throws IOException {
    Map<String, String> strings = new TreeMap<>();
    if (!isNull()) {
      object(name -> strings.put(name, string()));
    }
    return strings;
  }

  /** Reads a string. */
  String string() throws IOException {
    expect(JsonToken.VALUE_STRING, "a string");
    refuseAlias();
    return unicode(parser.getText());
  }

  /** Half of a surrogate pair can be escaped, but nothing can be written that contains it. */
  private String unicode(String text) {
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw invalid("is not Unicode text");
    }
    return text;
  }

  /** Reads a string that YAML may have taken for a number: {@code version: 1.10}. */
  String text() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      return parser.getText();
    }
    return string();
  }

  /** Reads a whole number: decimal digits, without what YAML 1.1 takes for other bases. */
  long integer() throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    if (!DECIMAL.matcher(parser.getText()).matches()) {
      throw invalid("must be written in decimal digits, not '" + parser.getText() + "'");
    }
    try {
      return parser.getLongValue();
    } catch (JsonProcessingException e) {
      throw invalid("is out of range");
    }
  }

  /** Reads a whole number that fits into 32 bits. */
  int small() throws IOException {
    long value = integer();
    if (value != (int) value) {
      throw invalid("is out of range");
    }
    return (int) value;
  }

  /** Whether the value is a number. */
  boolean isInteger() {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
  }

  /** Reads true or false. */
  boolean bool() {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw invalid("must be true or false, not " + kind());
    }
    return token == JsonToken.VALUE_TRUE;
  }

  /** Refuses a key that the document may not have. */
  InvalidFieldException unknown() {
    return invalid("is not a known key");
  }

  /** Passes over a value that is of no interest. */
  void skip() throws IOException {
    parser.skipChildren();
  }

  private void expect(JsonToken token, String words) {
    if (parser.currentToken() != token) {
      throw invalid("must be " + words + ", not " + kind());
    }
  }

  /** A YAML alias arrives as the string of its name, which is never what its writer meant. */
  private void refuseAlias() {
    if (parser.canReadObjectId() && YamlAliases.isAlias(parser)) {
      throw invalid("is a YAML alias; write the value itself");
    }
  }

  private String kind() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "the end of the document";
    }
    return switch (token) {
      case START_OBJECT -> "a mapping";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "nothing";
      default -> "something else";
    };
  }
}
