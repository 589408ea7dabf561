package mos.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.ServiceLoader;
import mos.spi.ErrorCode;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/** The two syntaxes that documents come in. YAML is there only where its module is linked in. */
enum Syntax {
  /** JSON (RFC 8259). */
  JSON {
    @Override
    JsonParser parser(Bytes bytes) throws IOException {
      byte[] array = bytes.toArray();
      requireUtf8(array, Math.min(array.length, DETECTED));
      return Json.FACTORY.createParser(array);
    }
  },
  /** YAML 1.1 as people write it. */
  YAML {
    @Override
    JsonParser parser(Bytes bytes) throws IOException {
      return yaml().createParser(bytes.toArray());
    }
  };

  /** So many bytes Jackson looks at to guess an encoding. */
  private static final int DETECTED = 4;

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(16)
          .maxStringLength(64 << 10)
          .maxNameLength(1024)
          .maxNumberLength(32)
          .build();

  /** Made when first needed: the boot path never needs the other one. */
  private static final class Json {
    static final JsonFactory FACTORY =
        new JsonFactoryBuilder().streamReadConstraints(LIMITS).build();
  }

  /** A JSON parser for a stream, which it closes. */
  static JsonParser parser(InputStream in) throws IOException {
    byte[] start = in.readNBytes(DETECTED);
    requireUtf8(start, start.length);
    return Json.FACTORY.createParser(new SequenceInputStream(new ByteArrayInputStream(start), in));
  }

  /**
   * JSON that is exchanged is UTF-8 (RFC 8259, section 8.1). Jackson takes a document that begins
   * with a mark of UTF-16 or UTF-32, or with a NUL in its first four bytes, for one of these: what
   * was signed would then read differently here than in a program that follows the rule.
   */
  private static void requireUtf8(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0 || bytes[i] == (byte) 0xFE || bytes[i] == (byte) 0xFF) {
        throw new InvalidFieldException("", "not JSON: it is not UTF-8 text");
      }
    }
  }

  abstract JsonParser parser(Bytes bytes) throws IOException;

  /** JSON for what a program wrote, else YAML: a JSON object begins with a brace. */
  static Syntax of(Bytes bytes) {
    for (byte b : bytes.toArray()) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '{' ? JSON : YAML;
      }
    }
    return JSON;
  }

  /** Looked for when first needed. */
  private static final class Yaml {
    static final Optional<JsonFactory> FACTORY =
        ServiceLoader.load(JsonFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory -> factory.getFormatName().equals("YAML"))
            .findFirst()
            .map(factory -> factory.setStreamReadConstraints(LIMITS));
  }

  private static JsonFactory yaml() {
    return Yaml.FACTORY.orElseThrow(
        () ->
            new MosException(
                ErrorCode.MISSING,
                "the document is not JSON, and this program reads no YAML; use the admin image"));
  }
}
