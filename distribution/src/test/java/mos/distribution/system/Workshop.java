package mos.distribution.system;

import static mos.distribution.system.Programs.mosb;
import static mos.distribution.system.Programs.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A publisher: a keyset, images and a directory of repositories. */
final class Workshop {
  static final String KEYSET = "acme";

  private final Path directory;

  Workshop(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory);
    mosbOk("keyset", "add", KEYSET, "--org", "Acme");
  }

  Path directory() {
    return directory;
  }

  Path keys() {
    return directory.resolve("keys");
  }

  Path ca() {
    return keys().resolve(KEYSET).resolve("manifest-ca/cert.pem");
  }

  /** The directory of repositories. */
  Path zot() {
    return directory.resolve("zot");
  }

  Map<String, String> environment() {
    return Map.of("MOS_KEYS", keys().toString());
  }

  Programs.Run mosbRun(Object... args) {
    return run(mosb(args), environment());
  }

  Programs.Run mosbOk(Object... args) {
    return mosbRun(args).ok();
  }

  /** Builds an image with one layer that holds these files; gives its source. */
  String image(String name, Map<String, String> files, String... options) throws IOException {
    Path layer =
        Files.createDirectories(directory.resolve("layers").resolve(name.replace(':', '-')));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = layer.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    String source = "oci:" + directory.resolve("images") + ":" + name;
    List<Object> args = new java.util.ArrayList<>(List.of("image", "build", "--output", source));
    args.addAll(List.of(options));
    args.add(layer);
    mosbOk(args.toArray());
    return source;
  }

  /** A target of a user manifest. */
  record Entry(String name, String type, String version, String source) {}

  /** Writes a user manifest. */
  Path manifest(String updateType, Entry... targets) throws IOException {
    StringBuilder yaml =
        new StringBuilder(
            "version: 1\nproduct: default\nupdate_type: " + updateType + "\ntargets:\n");
    for (Entry target : targets) {
      yaml.append("  - service_name: ").append(target.name()).append('\n');
      yaml.append("    service_type: ").append(target.type()).append('\n');
      yaml.append("    version: \"").append(target.version()).append("\"\n");
      yaml.append("    source: ").append(target.source()).append('\n');
    }
    return Files.writeString(Files.createTempFile(directory, "manifest", ".yaml"), yaml);
  }

  Programs.Run publish(String name, Path manifest, Object... more) {
    return publishTo("oci:" + zot(), name, manifest, Map.of(), more);
  }

  /** Publishes to another place, with more variables. */
  Programs.Run publishTo(
      String repositories,
      String name,
      Path manifest,
      Map<String, String> variables,
      Object... more) {
    return run(publishing(repositories, name, manifest, more), with(variables));
  }

  /** The command that publishes. */
  List<String> publishing(String repositories, String name, Path manifest, Object... more) {
    List<Object> args =
        new java.util.ArrayList<>(
            List.of(
                "manifest",
                "publish",
                "--project",
                KEYSET + ":default",
                "--repo",
                repositories,
                "--name",
                name));
    args.addAll(List.of(more));
    args.add(manifest);
    return mosb(args.toArray());
  }

  /** The environment of a publisher with more variables. */
  Map<String, String> with(Map<String, String> variables) {
    Map<String, String> all = new java.util.HashMap<>(environment());
    all.putAll(variables);
    return all;
  }

  /** Publishes a manifest; gives its URL. */
  String published(String name, String updateType, Entry... targets) throws IOException {
    publish(name, manifest(updateType, targets)).ok();
    return url(name);
  }

  String url(String name) {
    return "oci:" + zot() + ":" + name;
  }
}
