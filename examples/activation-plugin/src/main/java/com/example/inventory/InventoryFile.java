package com.example.inventory;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.model.Digest;
import mos.spi.model.HostDirectories;

/**
 * The list of one image's files. Its first line is a comment with the image's digest, the others
 * are as sha256sum(1) writes them.
 *
 * @param path where it is
 */
record InventoryFile(Path path) {
  private static final String HEADER = "# image ";
  private static final int BUFFER = 1 << 16;

  static InventoryFile of(HostDirectories host, String service) {
    return new InventoryFile(host.run().resolve("inventory").resolve(service));
  }

  /** The image that is listed; empty when there is no list, or none of ours. */
  Optional<Digest> image() {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try (BufferedReader lines = Files.newBufferedReader(path)) {
      String first = lines.readLine();
      return first != null && first.startsWith(HEADER)
          ? Optional.of(Digest.parse(first.substring(HEADER.length())))
          : Optional.empty();
    } catch (InvalidFieldException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw MosException.io("cannot read " + path, e);
    }
  }

  /** Lists the files below a directory; the list appears whole or not at all. */
  void write(Digest image, Path directory) {
    Path unfinished = path.resolveSibling("." + path.getFileName());
    try {
      Files.createDirectories(path.resolveSibling(""));
      try (BufferedWriter list = Files.newBufferedWriter(unfinished);
          Stream<Path> files = Files.walk(directory)) {
        list.write(HEADER + image + "\n");
        List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
        for (Path file : sorted) {
          list.write(sha256(file).hex() + "  " + directory.relativize(file) + "\n");
        }
      }
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw MosException.io("cannot write " + path, e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw MosException.io("cannot remove " + path, e);
    }
  }

  private static Digest sha256(Path file) throws IOException {
    MessageDigest computation = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream content = Files.newInputStream(file)) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        computation.update(buffer, 0, n);
      }
    }
    return Digest.finish(computation.digest());
  }
}
