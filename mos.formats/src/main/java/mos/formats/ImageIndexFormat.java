package mos.formats;

import static mos.formats.TargetFields.required;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.spi.InvalidFieldException;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageIndex;
import mos.spi.image.MediaTypes;
import mos.spi.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The OCI image index (image specification 1.1), also {@code index.json} of an OCI layout; Docker's
 * manifest list is read too.
 */
public final class ImageIndexFormat {
  private static final Set<String> TYPES =
      Set.of(MediaTypes.INDEX, "application/vnd.docker.distribution.manifest.list.v2+json");

  private ImageIndexFormat() {}

  private static final class Fields {
    @Nullable Long schemaVersion;
    List<Descriptor> manifests = List.of();
    Map<String, String> annotations = Map.of();
  }

  /** Whether a descriptor's media type means an image index. */
  public static boolean isIndex(String mediaType) {
    return TYPES.contains(mediaType);
  }

  /**
   * Reads an image index.
   *
   * @throws InvalidFieldException with the path of the field that is wrong
   */
  public static ImageIndex parse(Bytes bytes) {
    return DocumentReader.read(bytes, Syntax.JSON, reader -> () -> index(reader));
  }

  private static ImageIndex index(DocumentReader reader) throws IOException {
    Fields fields = new Fields();
    reader.object(
        name -> {
          switch (name) {
            case "schemaVersion" -> fields.schemaVersion = reader.integer();
            case "mediaType" -> {
              String type = reader.string();
              if (!type.isEmpty() && !isIndex(type)) {
                throw reader.invalid("'" + type + "' is not an image index");
              }
            }
            case "manifests" -> fields.manifests = reader.list(() -> DescriptorFields.read(reader));
            case "annotations" -> fields.annotations = reader.strings();
            default -> reader.skip();
          }
        });
    if (required(reader, "schemaVersion", fields.schemaVersion) != 2) {
      throw new InvalidFieldException("schemaVersion", "must be 2, not " + fields.schemaVersion);
    }
    return new ImageIndex(fields.manifests, fields.annotations);
  }

  /** Writes an image index; the same model gives the same bytes. */
  public static Bytes write(ImageIndex index) {
    return DocumentWriter.object(
        json -> {
          json.writeNumberField("schemaVersion", 2);
          json.writeStringField("mediaType", MediaTypes.INDEX);
          json.writeArrayFieldStart("manifests");
          for (Descriptor manifest : index.manifests()) {
            DescriptorFields.write(json, manifest);
          }
          json.writeEndArray();
          DescriptorFields.writeAnnotations(json, index.annotations());
        });
  }
}
