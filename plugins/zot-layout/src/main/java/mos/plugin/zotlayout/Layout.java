package mos.plugin.zotlayout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import mos.formats.LayoutIndexFormat;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;

/**
 * The directory of one OCI layout (image specification 1.1, "Image Layout Specification"), for
 * reading. Nothing that is read lies outside of it, wherever symbolic links lead.
 *
 * @param root the directory, absolute
 */
record Layout(Path root) {
  /** What zot writes into {@code oci-layout}. */
  static final String MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}";

  /** The largest {@code index.json} that is read. */
  static final long MAX_INDEX = 64L << 20;

  private static final int MAX_MARKER = 4096;

  Layout {
    root = root.toAbsolutePath().normalize();
  }

  Path marker() {
    return root.resolve("oci-layout");
  }

  Path index() {
    return root.resolve("index.json");
  }

  Path blobs() {
    return root.resolve("blobs", "sha256");
  }

  /** Where zot receives what it is sent, and we write what is not whole yet. */
  Path uploads() {
    return root.resolve(".uploads");
  }

  /** Where a blob is to be. */
  Path blob(Digest digest) {
    return blobs().resolve(digest.hex());
  }

  /** Whether there is an index, which the first commit brings. */
  boolean exists() {
    return Files.isRegularFile(index());
  }

  /**
   * Makes sure that it is a layout of a version that we know.
   *
   * @throws MosException NOT_FOUND when there is no index, INVALID when the version is another one
   */
  void check() {
    if (!exists()) {
      throw MosException.notFound(root + ": there is no OCI layout (no index.json)");
    }
    try (InputStream in = Files.newInputStream(inside(marker()).orElseThrow(this::noMarker))) {
      String text = new String(in.readNBytes(MAX_MARKER), StandardCharsets.UTF_8);
      if (!text.contains("\"imageLayoutVersion\"") || !text.contains("\"1.")) {
        throw MosException.invalid(marker() + ": must say imageLayoutVersion 1.0.0");
      }
    } catch (IOException e) {
      throw MosException.io("cannot read " + marker(), e);
    }
  }

  private MosException noMarker() {
    return MosException.invalid(root + ": is no OCI layout (no file oci-layout)");
  }

  /** The file of a blob, if there is one. Its content is not looked at. */
  Optional<Path> find(Digest digest) {
    return inside(blob(digest));
  }

  /** Whether a blob is there with the size that it must have. */
  boolean has(Descriptor descriptor) {
    Optional<Path> file = find(descriptor.digest());
    try {
      return file.isPresent() && Files.size(file.get()) == descriptor.size();
    } catch (IOException e) {
      throw MosException.io("cannot look at " + file.get(), e);
    }
  }

  private Optional<Path> inside(Path named) {
    try {
      Path real = named.toRealPath();
      if (!real.startsWith(root.toRealPath())) {
        throw MosException.refused(named + ": leads out of the layout, to " + real);
      }
      if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
        throw MosException.refused(named + ": is not a file");
      }
      return Optional.of(real);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw MosException.io("cannot look at " + named, e);
    }
  }

  /**
   * Reads a small blob whole.
   *
   * @return bytes that have the descriptor's digest and size
   */
  Bytes read(Descriptor descriptor) {
    Path file =
        find(descriptor.digest())
            .orElseThrow(() -> MosException.notFound(root + ": has no " + descriptor.digest()));
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(Math.toIntExact(descriptor.size() + 1));
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
    Digest found = Digest.of(content);
    if (content.length != descriptor.size()) {
      String more = content.length > descriptor.size() ? "more than " : "";
      long bytes = Math.min(content.length, descriptor.size());
      throw MosException.refused(
          file + ": has " + more + bytes + " bytes, must have " + descriptor.size());
    }
    if (!found.equals(descriptor.digest())) {
      throw MosException.refused(file + ": its content has the digest " + found);
    }
    return Bytes.copyOf(content);
  }

  /** Reads the entries of the index, if there is one. */
  void entries(Consumer<Descriptor> consumer) {
    Optional<Path> index = inside(index());
    if (index.isEmpty()) {
      return;
    }
    try {
      if (Files.size(index.get()) > MAX_INDEX) {
        throw MosException.invalid(index() + ": is larger than " + MAX_INDEX + " bytes");
      }
      try (InputStream in = Files.newInputStream(index.get())) {
        LayoutIndexFormat.read(in, consumer);
      }
    } catch (InvalidFieldException e) {
      throw MosException.invalid(index() + ": " + e.getMessage());
    } catch (IOException e) {
      throw MosException.io("cannot read " + index(), e);
    }
  }
}
