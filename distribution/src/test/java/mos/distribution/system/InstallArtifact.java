package mos.distribution.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed install manifest as any OCI client would publish it, made by hand in an OCI layout: the
 * manifest artifact under a tag, the certificate and the signature as artifacts that have it for
 * their subject.
 */
final class InstallArtifact {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String EMPTY =
      "{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"sha256:"
          + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,\"data\":\"e30=\"}";

  private final Path layout;
  private final List<String> index = new ArrayList<>();

  /** Begins a repository: a directory {@code name} below {@code root}. */
  InstallArtifact(Path root, String name) throws IOException {
    layout = Files.createDirectories(root.resolve(name));
    Files.createDirectories(layout.resolve("blobs/sha256"));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    blob("{}".getBytes(StandardCharsets.UTF_8));
  }

  /** Publishes a manifest under a tag with one certificate and one signature. */
  void publish(String tag, byte[] manifest, byte[] certificate, byte[] signature)
      throws IOException {
    String subject =
        artifact(
            "application/vnd.machine.install",
            "application/vnd.machine.install",
            "index.json",
            manifest,
            null);
    index.add(
        subject.replace(
            "}", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}}"));
    String tar = "application/vnd.oci.image.layer.v1.tar";
    index.add(artifact("application/vnd.machine.pubkeycrt", tar, "cert.pem", certificate, subject));
    index.add(
        artifact(
            "application/vnd.machine.signature", tar, "install.json.signed", signature, subject));
    Files.writeString(
        layout.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", index) + "]}");
  }

  private String artifact(
      String type, String layerType, String title, byte[] content, String subject)
      throws IOException {
    String layer =
        "{\"mediaType\":\""
            + layerType
            + "\",\"digest\":\""
            + blob(content)
            + "\",\"size\":"
            + content.length
            + ",\"annotations\":{\"org.opencontainers.image.title\":\""
            + title
            + "\"}}";
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MANIFEST
            + "\",\"artifactType\":\""
            + type
            + "\",\"config\":"
            + EMPTY
            + ",\"layers\":["
            + layer
            + "]"
            + (subject == null ? "" : ",\"subject\":" + subject)
            + "}";
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return "{\"mediaType\":\""
        + MANIFEST
        + "\",\"digest\":\""
        + blob(bytes)
        + "\",\"size\":"
        + bytes.length
        + "}";
  }

  private String blob(byte[] content) throws IOException {
    String hex = Sha256.of(content);
    Files.write(layout.resolve("blobs/sha256").resolve(hex), content);
    return "sha256:" + hex;
  }
}
