package mos.plugin.uki;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.UUID;
import mos.spi.model.Digest;

/**
 * UUIDs that come from a file's content.
 *
 * @param digest the file's
 */
record Identifiers(Digest digest) {
  /** Those of a file. */
  static Identifiers of(Path file) throws IOException {
    MessageDigest digest = Digest.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return new Identifiers(Digest.finish(digest.digest()));
  }

  /** The UUID of a thing. */
  UUID of(String thing) {
    return UUID.nameUUIDFromBytes((digest + " " + thing).getBytes(StandardCharsets.US_ASCII));
  }
}
