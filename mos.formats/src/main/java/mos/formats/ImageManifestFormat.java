package mos.formats;

import static mos.formats.TargetFields.required;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The OCI image manifest (image specification 1.1); Docker's schema 2 is read too, it has the same
 * fields.
 */
public final class ImageManifestFormat {
  private static final Set<String> TYPES =
      Set.of(MediaTypes.MANIFEST, "application/vnd.docker.distribution.manifest.v2+json");

  private ImageManifestFormat() {}

  private static final class Fields {
    @Nullable Long schemaVersion;
    Optional<String> artifactType = Optional.empty();
    @Nullable Descriptor config;
    @Nullable List<Descriptor> layers;
    Optional<Descriptor> subject = Optional.empty();
    Map<String, String> annotations = Map.of();
  }

  /** Whether a descriptor's media type means an image manifest. */
  public static boolean isManifest(String mediaType) {
    return TYPES.contains(mediaType);
  }

  /**
   * Reads an image manifest.
   *
   * @throws mos.spi.InvalidFieldException with the path of the field that is wrong
   */
  public static ImageManifest parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.JSON, reader -> () -> manifest(reader));
  }

  private static ImageManifest manifest(DocumentReader reader) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "schemaVersion" -> fields.schemaVersion = reader.integer();
            case "mediaType" -> {
              String type = reader.string();
              if (!isManifest(type)) {
                throw reader.invalid("'" + type + "' is not an image manifest");
              }
            }
            case "artifactType" -> fields.artifactType = DescriptorFields.optional(reader);
            case "config" -> fields.config = DescriptorFields.read(reader);
            case "layers" -> fields.layers = reader.list(() -> DescriptorFields.read(reader));
            case "subject" ->
                fields.subject =
                    reader.isNull() ? Optional.empty() : Optional.of(DescriptorFields.read(reader));
            case "annotations" -> fields.annotations = reader.strings();
            default -> reader.skip();
          }
        });
    if (required(reader, "schemaVersion", fields.schemaVersion) != 2) {
      throw new mos.spi.InvalidFieldException(
          "schemaVersion", "must be 2, not " + fields.schemaVersion);
    }
    Descriptor config = required(reader, "config", fields.config);
    List<Descriptor> layers = required(reader, "layers", fields.layers);
    return reader.make(
        () ->
            new ImageManifest(
                fields.artifactType, config, layers, fields.subject, fields.annotations));
  }

  /** Writes an image manifest; the same model gives the same bytes. */
  public static Bytes write(ImageManifest manifest) {
    return DocumentWriter.object(
        json -> {
          json.writeNumberField("schemaVersion", 2);
          json.writeStringField("mediaType", MediaTypes.MANIFEST);
          if (manifest.artifactType().isPresent()) {
            json.writeStringField("artifactType", manifest.artifactType().get());
          }
          json.writeFieldName("config");
          DescriptorFields.write(json, manifest.config());
          json.writeArrayFieldStart("layers");
          for (Descriptor layer : manifest.layers()) {
            DescriptorFields.write(json, layer);
          }
          json.writeEndArray();
          if (manifest.subject().isPresent()) {
            json.writeFieldName("subject");
            DescriptorFields.write(json, manifest.subject().get());
          }
          DescriptorFields.writeAnnotations(json, manifest.annotations());
        });
  }
}
