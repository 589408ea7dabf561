package mos.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.ServiceLoader;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/** The two syntaxes that documents come in. YAML is there only where its module is linked in. */
enum Syntax {
  /** JSON (RFC 8259). */
  JSON {
    @Override
    JsonParser parser(Bytes bytes) throws IOException {
      return Json.FACTORY.createParser(bytes.toArray());
    }
  },
  /** YAML 1.1 as people write it. */
  YAML {
    @Override
    JsonParser parser(Bytes bytes) throws IOException {
      return yaml().createParser(bytes.toArray());
    }
  };

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
    return Json.FACTORY.createParser(in);
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
