package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.store.BlobSource;

/**
 * A blob of a repository, which any of several places may have. Only the digest counts: {@code
 * urls} of a descriptor are never followed.
 */
final class RegistryBlob implements BlobSource {
  /** How long nothing may come before a transfer counts as broken. */
  static final long STALL_SECONDS = 60;

  private static final Pattern RANGE = Pattern.compile("bytes ([0-9]+)-[0-9]+/(?:[0-9]+|\\*)");

  private final List<RepositoryClient> places;
  private final Descriptor descriptor;

  /**
   * @param places where to ask, one after the other
   */
  RegistryBlob(List<RepositoryClient> places, Descriptor descriptor) {
    this.places = places;
    this.descriptor = descriptor;
  }

  /** The place that is the registry itself. */
  Endpoint origin() {
    return places.getLast().endpoint();
  }

  @Override
  public String location() {
    return origin() + "@" + descriptor.digest();
  }

  @Override
  public InputStream open(long offset) throws IOException {
    MosException first = null;
    for (RepositoryClient place : places) {
      try {
        return open(place, offset);
      } catch (MosException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        first = first == null || e.code() != ErrorCode.NOT_FOUND ? e : first;
      }
    }
    throw first == null ? MosException.notFound(location()) : first;
  }

  private InputStream open(RepositoryClient place, long offset) throws IOException {
    Call call = new Call("GET", place.at("blobs/" + descriptor.digest()), 200, 206, 404, 416);
    if (offset > 0) {
      call.header("Range", "bytes=" + offset + "-");
    }
    Answer answer = place.send(call);
    InputStream body = answer.body();
    try {
      switch (answer.status()) {
        case 404 -> throw MosException.notFound(location() + ": is not there");
        case 416 ->
            throw MosException.refused(
                location() + ": is said to have no bytes from " + offset + " on");
        case 206 -> requireRange(answer, offset);
        default -> {
          checkLength(answer, 0);
          // It takes no ranges: what came before comes again and is passed over.
          body.skipNBytes(offset);
          return new StallGuard(body, STALL_SECONDS);
        }
      }
      checkLength(answer, offset);
      return new StallGuard(body, STALL_SECONDS);
    } catch (IOException | MosException e) {
      body.close();
      throw e;
    }
  }

  private void requireRange(Answer answer, long offset) throws IOException {
    String range = answer.header("Content-Range").orElse("");
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches() || !matcher.group(1).equals(Long.toString(offset))) {
      throw new IOException(
          "asked for the bytes from " + offset + " on, the registry sent '" + range + "'");
    }
  }

  private void checkLength(Answer answer, long offset) {
    OptionalLong length = answer.length();
    if (length.isPresent() && length.getAsLong() != descriptor.size() - offset) {
      throw MosException.refused(
          location()
              + ": must have "
              + descriptor.size()
              + " bytes, the registry says "
              + (offset + length.getAsLong()));
    }
  }
}
