package mos.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import mos.spi.InvalidFieldException;
import mos.spi.image.Descriptor;
import mos.spi.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * {@code index.json} of an OCI layout (image specification 1.1, "Image Layout Specification"), one
 * entry at a time: a repository may have very many. What others wrote is copied as it is, also
 * fields that we do not know. Written like zot writes it: compact, without a media type.
 */
public final class LayoutIndexFormat {
  private static final JsonFactory FACTORY = new JsonFactory();

  private LayoutIndexFormat() {}

  /**
   * Reads all entries. Those with a digest other than SHA-256 are passed over.
   *
   * @throws InvalidFieldException with the path of the field that is wrong
   * @throws IOException when reading fails
   */
  public static void read(InputStream in, Consumer<Descriptor> entries) throws IOException {
    DocumentReader.stream(in, reader -> () -> entries(reader, entries));
  }

  private static Boolean entries(DocumentReader reader, Consumer<Descriptor> entries)
      throws IOException {
    reader.object(
        name -> {
          switch (name) {
            case "schemaVersion" -> checkVersion(reader);
            case "manifests" ->
                reader.each(() -> DescriptorFields.readKnown(reader).ifPresent(entries));
            default -> reader.skip();
          }
        });
    return true;
  }

  private static void checkVersion(DocumentReader reader) throws IOException {
    long version = reader.integer();
    if (version != 2) {
      throw reader.invalid("must be 2, not " + version);
    }
  }

  /** An index with these entries only. */
  public static void write(OutputStream out, List<Descriptor> entries) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 2);
      writeEntries(json, entries);
      json.writeEndObject();
    }
  }

  /**
   * Copies an index that {@link #read} accepted.
   *
   * @param kept which of its entries stay; those with a digest other than SHA-256 always do
   * @param added what is put behind them
   */
  public static void copy(
      InputStream in, OutputStream out, Predicate<Descriptor> kept, List<Descriptor> added)
      throws IOException {
    try (JsonParser parser = Syntax.parser(in);
        JsonGenerator json = FACTORY.createGenerator(out)) {
      boolean written = false;
      expect(parser.nextToken(), JsonToken.START_OBJECT);
      json.writeStartObject();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        if ("manifests".equals(name)) {
          json.writeArrayFieldStart("manifests");
          copyEntries(parser, json, kept);
          for (Descriptor entry : added) {
            DescriptorFields.write(json, entry);
          }
          json.writeEndArray();
          written = true;
        } else {
          json.writeFieldName(name);
          json.copyCurrentStructureExact(parser);
        }
      }
      if (!written) {
        writeEntries(json, added);
      }
      json.writeEndObject();
    } catch (JsonProcessingException e) {
      throw DocumentReader.syntaxError(Syntax.JSON, e);
    }
  }

  private static void writeEntries(JsonGenerator json, List<Descriptor> entries)
      throws IOException {
    json.writeArrayFieldStart("manifests");
    for (Descriptor entry : entries) {
      DescriptorFields.write(json, entry);
    }
    json.writeEndArray();
  }

  private static void copyEntries(JsonParser parser, JsonGenerator json, Predicate<Descriptor> kept)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    expect(parser.currentToken(), JsonToken.START_ARRAY);
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      raw.reset();
      try (JsonGenerator one = FACTORY.createGenerator(raw)) {
        one.copyCurrentStructureExact(parser);
      }
      Bytes bytes = Bytes.copyOf(raw.toByteArray());
      Optional<Descriptor> entry =
          DocumentReader.read(
              bytes, Syntax.JSON, reader -> () -> DescriptorFields.readKnown(reader));
      if (entry.isEmpty() || kept.test(entry.get())) {
        json.writeRawValue(bytes.text());
      }
    }
  }

  private static void expect(@Nullable JsonToken is, JsonToken wanted) {
    if (is != wanted) {
      throw new InvalidFieldException("", "is not an image index");
    }
  }
}
