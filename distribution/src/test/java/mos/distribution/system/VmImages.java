package mos.distribution.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** OCI layouts, read and changed by hand. */
final class VmImages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private VmImages() {}

  /** The files of an image's layers, bottom first. */
  static List<Path> layers(Path layout, String tag) throws IOException {
    List<Path> layers = new ArrayList<>();
    for (JsonNode layer :
        JSON.readTree(blob(layout, entry(index(layout), tag)).toFile()).get("layers")) {
      layers.add(blob(layout, layer));
    }
    return layers;
  }

  /** The digest of an image's manifest. */
  static String digest(Path layout, String tag) throws IOException {
    return blob(layout, entry(index(layout), tag)).getFileName().toString();
  }

  /** Gives an image an annotation, as {@code mosb bootkit build} does and nothing else. */
  static void annotate(Path layout, String tag, String name, String value) throws IOException {
    JsonNode index = index(layout);
    ObjectNode entry = (ObjectNode) entry(index, tag);
    ObjectNode image = (ObjectNode) JSON.readTree(blob(layout, entry).toFile());
    image.withObject("/annotations").put(name, value);
    byte[] bytes = JSON.writeValueAsString(image).getBytes(UTF_8);
    String digest = Sha256.of(bytes);
    Files.write(layout.resolve("blobs/sha256").resolve(digest), bytes);
    entry.put("digest", "sha256:" + digest).put("size", bytes.length);
    Files.writeString(layout.resolve("index.json"), JSON.writeValueAsString(index));
  }

  private static JsonNode index(Path layout) throws IOException {
    return JSON.readTree(layout.resolve("index.json").toFile());
  }

  private static JsonNode entry(JsonNode index, String tag) {
    for (JsonNode entry : index.get("manifests")) {
      if (entry.at("/annotations/org.opencontainers.image.ref.name").asText().equals(tag)) {
        return entry;
      }
    }
    throw new AssertionError("no tag " + tag + " in " + index);
  }

  private static Path blob(Path layout, JsonNode descriptor) {
    return layout.resolve("blobs/sha256").resolve(descriptor.get("digest").asText().substring(7));
  }
}
