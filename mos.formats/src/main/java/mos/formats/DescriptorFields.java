package mos.formats;

import static mos.formats.TargetFields.required;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import mos.spi.image.Descriptor;
import mos.spi.image.Platform;
import mos.spi.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * OCI content descriptors (image specification 1.1): lenient about what we do not use, as the
 * specification demands.
 */
final class DescriptorFields {
  private static final Pattern FOREIGN =
      Pattern.compile("(?!sha256:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+");

  private DescriptorFields() {}

  private static final class Fields {
    @Nullable String mediaType;
    @Nullable Digest digest;
    @Nullable Long size;
    Map<String, String> annotations = Map.of();
    Optional<String> artifactType = Optional.empty();
    Optional<Platform> platform = Optional.empty();
    boolean foreign;

    Descriptor descriptor(DocumentReader reader) {
      String type = required(reader, "mediaType", mediaType);
      Digest known = required(reader, "digest", digest);
      long bytes = required(reader, "size", size);
      return reader.make(
          () -> new Descriptor(type, known, bytes, annotations, artifactType, platform));
    }
  }

  static Descriptor read(DocumentReader reader) throws IOException {
    return fields(reader, false).descriptor(reader);
  }

  /** Reads a descriptor; empty when its digest is of another kind than SHA-256. */
  static Optional<Descriptor> readKnown(DocumentReader reader) throws IOException {
    Fields fields = fields(reader, true);
    return fields.foreign ? Optional.empty() : Optional.of(fields.descriptor(reader));
  }

  private static Fields fields(DocumentReader reader, boolean foreignDigests) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "mediaType" -> fields.mediaType = reader.string();
            case "digest" -> {
              String digest = reader.string();
              if (foreignDigests && FOREIGN.matcher(digest).matches()) {
                fields.foreign = true;
              } else {
                fields.digest = reader.make(() -> Digest.parse(digest));
              }
            }
            case "size" -> fields.size = reader.integer();
            case "annotations" -> fields.annotations = reader.strings();
            case "artifactType" -> fields.artifactType = optional(reader);
            case "platform" -> fields.platform = platform(reader);
            default -> reader.skip();
          }
        });
    return fields;
  }

  static Optional<String> optional(DocumentReader reader) throws IOException {
    return reader.isNull()
        ? Optional.empty()
        : Optional.of(reader.string()).filter(text -> !text.isEmpty());
  }

  private static final class PlatformFields {
    String architecture = "";
    String os = "";
    Optional<String> variant = Optional.empty();
  }

  private static Optional<Platform> platform(DocumentReader reader) throws IOException {
    if (reader.isNull()) {
      return Optional.empty();
    }
    PlatformFields fields = new PlatformFields();
    reader.object(
        name -> {
          switch (name) {
            case "architecture" -> fields.architecture = reader.string();
            case "os" -> fields.os = reader.string();
            case "variant" -> fields.variant = optional(reader);
            default -> reader.skip();
          }
        });
    return Optional.of(new Platform(fields.architecture, fields.os, fields.variant));
  }

  static void write(JsonGenerator json, Descriptor descriptor) throws IOException {
    json.writeStartObject();
    json.writeStringField("mediaType", descriptor.mediaType());
    json.writeStringField("digest", descriptor.digest().toString());
    json.writeNumberField("size", descriptor.size());
    if (descriptor.artifactType().isPresent()) {
      json.writeStringField("artifactType", descriptor.artifactType().get());
    }
    writeAnnotations(json, descriptor.annotations());
    if (descriptor.platform().isPresent()) {
      Platform platform = descriptor.platform().get();
      json.writeObjectFieldStart("platform");
      json.writeStringField("architecture", platform.architecture());
      json.writeStringField("os", platform.os());
      if (platform.variant().isPresent()) {
        json.writeStringField("variant", platform.variant().get());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  static void writeAnnotations(JsonGenerator json, Map<String, String> annotations)
      throws IOException {
    if (annotations.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("annotations");
    for (Map.Entry<String, String> annotation : new TreeMap<>(annotations).entrySet()) {
      json.writeStringField(annotation.getKey(), annotation.getValue());
    }
    json.writeEndObject();
  }
}
