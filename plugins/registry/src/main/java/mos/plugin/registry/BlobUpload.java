package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.store.BlobSource;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;

/**
 * Sends one blob (distribution specification 1.1, "Pushing Blobs"): a small one in one request, a
 * larger one in pieces, so that after a break only the rest of a piece is sent again.
 */
final class BlobUpload {
  /** The size of a piece; what fits into one is sent in one request. */
  static final long PIECE = 64L << 20;

  private static final int BUFFER = 256 << 10;

  /** A line may be slow, but not dead: at least this many bytes in a second. */
  private static final long SLOWEST = 16 << 10;

  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]+)");

  private final RepositoryClient client;
  private final Descriptor descriptor;
  private final BlobSource source;
  private final LongConsumer sent;

  /**
   * @param sent told how many bytes are there, every now and then
   */
  BlobUpload(RepositoryClient client, Descriptor descriptor, BlobSource source, LongConsumer sent) {
    this.client = client;
    this.descriptor = descriptor;
    this.source = source;
    this.sent = sent;
  }

  /**
   * Sends it, from the beginning or where the server says that it stands. There is new patience
   * only beyond what it once had: some forget the whole upload when the line breaks.
   */
  void run() {
    Patience patience = new Patience();
    Optional<URI> session = Optional.empty();
    long at = 0;
    long furthest = 0;
    while (true) {
      MosException failure;
      try {
        if (session.isEmpty()) {
          session = Optional.of(begin());
          at = 0;
        }
        while (descriptor.size() - at > PIECE) {
          Stand stand = patch(session.get(), at);
          session = Optional.of(stand.place());
          at = stand.at();
          if (at > furthest) {
            furthest = at;
            patience = new Patience();
          }
        }
        finish(session.get(), at);
        sent.accept(descriptor.size());
        return;
      } catch (Broken e) {
        failure = e.failure;
      }
      if (!patience.again(Optional.empty())) {
        throw failure;
      }
      Optional<Stand> stand = session.flatMap(this::stand);
      session = stand.map(Stand::place);
      at = stand.map(Stand::at).orElse(0L);
      if (at > furthest) {
        furthest = at;
        patience = new Patience();
      }
    }
  }

  /** Something that may work when tried again. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient MosException failure;

    Broken(MosException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /**
   * How far an upload is.
   *
   * @param place where it goes on
   * @param at how many bytes the server has
   */
  private record Stand(URI place, long at) {}

  private URI begin() {
    Answer answer = client.send(new Call("POST", client.at("blobs/uploads/"), 202));
    return next(client.at("blobs/uploads/"), answer);
  }

  private URI next(URI from, Answer answer) {
    answer.done();
    return answer
        .header("Location")
        .map(from::resolve)
        .orElseThrow(
            () ->
                new MosException(
                    ErrorCode.RESOURCE,
                    client.endpoint() + ": does not say where a blob is to be sent to"));
  }

  private Stand patch(URI session, long at) throws Broken {
    long end = Math.min(descriptor.size(), at + PIECE);
    Call call =
        new Call("PATCH", session, 202, 404, 416)
            .header("Content-Type", "application/octet-stream")
            .header("Content-Range", at + "-" + (end - 1));
    Answer answer = send(call, at, end - at);
    if (answer.status() != 202) {
      answer.done();
      throw new Broken(failed(answer.status()));
    }
    URI place = next(session, answer);
    return new Stand(place, reached(answer).filter(n -> n >= at && n <= end).orElse(end));
  }

  private static Optional<Long> reached(Answer answer) {
    return answer
        .header("Range")
        .map(RANGE::matcher)
        .filter(Matcher::matches)
        .map(range -> Long.parseLong(range.group(1)) + 1);
  }

  private void finish(URI session, long at) throws Broken {
    String query = session.getRawQuery();
    URI whole = URI.create(session + (query == null ? "?" : "&") + "digest=" + descriptor.digest());
    Call call =
        new Call("PUT", whole, 201, 204, 400, 404, 416)
            .header("Content-Type", "application/octet-stream");
    if (at > 0) {
      call.header("Content-Range", at + "-" + (descriptor.size() - 1));
    }
    Answer answer = send(call, at, descriptor.size() - at);
    String because = answer.done();
    switch (answer.status()) {
      case 201, 204 -> {}
      case 400 ->
          throw MosException.refused(
              source.location()
                  + ": "
                  + client.endpoint()
                  + " does not take it as "
                  + descriptor.digest()
                  + because);
      default -> throw new Broken(failed(answer.status()));
    }
  }

  private MosException failed(int status) {
    return new MosException(
        ErrorCode.RESOURCE,
        client.endpoint()
            + ": sending "
            + descriptor.digest()
            + ": the registry answers "
            + status);
  }

  private Answer send(Call call, long at, long length) throws Broken {
    call.once().answer(Duration.ofSeconds(60 + length / SLOWEST)).body(() -> body(at, length));
    try {
      return client.send(call);
    } catch (MosException e) {
      if (e.code() == ErrorCode.RESOURCE && !Thread.currentThread().isInterrupted()) {
        throw new Broken(e);
      }
      throw e;
    }
  }

  private HttpEntity body(long at, long length) {
    return new EntityTemplate(length, null, out -> send(at, length, out));
  }

  private void send(long at, long length, OutputStream out) throws IOException {
    byte[] buffer = new byte[(int) Math.min(length, BUFFER)];
    long end = at + length;
    try (InputStream in = source.open(at)) {
      for (long done = at; done < end; sent.accept(done)) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, end - done));
        if (n < 0) {
          throw new IOException(source.location() + ": ends before it should");
        }
        out.write(buffer, 0, n);
        done += n;
      }
    }
  }

  /** How far the server says it is; nothing when it does not know the upload any more. */
  private Optional<Stand> stand(URI session) {
    Answer answer;
    try {
      answer = client.send(new Call("GET", session, 204, 404));
    } catch (MosException e) {
      return Optional.empty();
    }
    answer.done();
    if (answer.status() == 404) {
      return Optional.empty();
    }
    URI place = answer.header("Location").map(session::resolve).orElse(session);
    long at = reached(answer).orElse(0L);
    return at > descriptor.size() ? Optional.empty() : Optional.of(new Stand(place, at));
  }
}
