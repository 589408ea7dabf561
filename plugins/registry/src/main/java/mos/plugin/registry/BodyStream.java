package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that gives everything that came before it says that the line
 * broke. The JDK's own ({@code BodySubscribers.ofInputStream}) throws away what it has received and
 * not yet handed out, and these bytes would have to be fetched a second time.
 */
final class BodyStream extends InputStream implements BodySubscriber<InputStream> {
  private static final String CLOSED = "closed";

  /** What came, in order; the last one says how it ended. */
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private @Nullable End end;

  /** What the client hands over. */
  private sealed interface Received {}

  private record Bytes(List<ByteBuffer> buffers) implements Received {}

  /** The end: with a failure, or none when the body is whole. */
  private record End(@Nullable Throwable failure) implements Received {}

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    received.add(new Bytes(item));
  }

  @Override
  public void onError(Throwable failure) {
    received.add(new End(failure));
  }

  @Override
  public void onComplete() {
    received.add(new End(null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = next();
    if (buffer == null) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, n);
    return n;
  }

  /** The buffer that has bytes left, waiting for it; none at the body's end. */
  private @Nullable ByteBuffer next() throws IOException {
    while (true) {
      if (closed) {
        throw new IOException(CLOSED);
      }
      ByteBuffer first = buffers.peek();
      if (first != null && first.hasRemaining()) {
        return first;
      }
      if (first != null) {
        buffers.remove();
      } else if (end != null) {
        if (end.failure() != null) {
          throw new IOException(end.failure().getMessage(), end.failure());
        }
        return null;
      } else {
        await();
      }
    }
  }

  private void await() throws IOException {
    try {
      switch (received.take()) {
        case Bytes more -> {
          buffers.addAll(more.buffers());
          // The next piece travels while this one is written.
          Flow.Subscription source = subscription;
          if (source != null) {
            source.request(1);
          }
        }
        case End last -> end = last;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      InterruptedIOException failure = new InterruptedIOException("interrupted");
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public int available() {
    ByteBuffer first = buffers.peek();
    return closed || first == null ? 0 : first.remaining();
  }

  /** Ends the transfer, also for one who is waiting in a read. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Flow.Subscription source = subscription;
    if (source != null && end == null) {
      source.cancel();
    }
    received.add(new End(new IOException(CLOSED)));
  }
}
