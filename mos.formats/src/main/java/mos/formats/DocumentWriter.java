package mos.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import mos.spi.model.Bytes;

/**
 * Writes JSON: compact, keys in the order of the calls, so that the same model gives the same
 * bytes.
 */
final class DocumentWriter {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes the content of a document. */
  @FunctionalInterface
  interface Content {
    /** Writes it. */
    void write(JsonGenerator json) throws IOException;
  }

  private DocumentWriter() {}

  static Bytes object(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Bytes.copyOf(bytes.toByteArray());
  }
}
