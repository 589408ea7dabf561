package mos.plugin.gitupgrade;

import java.util.List;
import java.util.regex.Pattern;
import mos.spi.model.Digest;

/**
 * The names of the files in {@code manifest.git}: those that mos writes, and those of the Go
 * original, which are read too.
 *
 * @param manifest an install manifest
 * @param signature its signature
 */
record StateFiles(String manifest, String signature) {
  /** The system manifest, ours first: where both are, ours was written last or by nobody else. */
  static final List<String> SYSTEM_MANIFESTS = List.of("manifest.yaml", "manifest.json");

  private static final Pattern OURS =
      Pattern.compile("manifest\\.(yaml|json)|[0-9a-f]{64}\\.((yaml|json)(\\.signed)?|pem)");

  /** The names that mos writes for an install manifest. */
  static StateFiles written(Digest source) {
    return new StateFiles(source.hex() + ".yaml", source.hex() + ".yaml.signed");
  }

  /** The names to look for, in order. */
  static List<StateFiles> read(Digest source) {
    return List.of(
        written(source), new StateFiles(source.hex() + ".json", source.hex() + ".json.signed"));
  }

  /** The certificate of an install manifest. */
  static String certificate(Digest source) {
    return source.hex() + ".pem";
  }

  /** Whether a file in the work tree belongs to mos, so that it goes when nothing needs it. */
  static boolean isOurs(String name) {
    return OURS.matcher(name).matches();
  }
}
