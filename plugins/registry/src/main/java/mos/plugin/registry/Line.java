package mos.plugin.registry;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.util.Timeout;

/**
 * One connection, for one request at a time. Its bytes come through a channel, so that an
 * interruption ends it, also for one who waits in a read.
 */
final class Line implements Closeable {
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(16 << 10)
          .setMaxLineLength(16 << 10)
          .setMaxHeaderCount(200)
          .build();

  /** What a server says before it closes a connection has come by then. */
  private static final Timeout LAST_WORDS = Timeout.ofMilliseconds(200);

  private final String kind;
  private final SocketChannel channel;
  private final Consumer<Line> free;
  private final DefaultBHttpClientConnection connection = new DefaultBHttpClientConnection(LIMITS);
  private long freeSince;
  private boolean used;

  /**
   * @param kind what it can be used for
   * @param free told when it can be used for the next request
   */
  Line(String kind, SocketChannel channel, Consumer<Line> free) throws IOException {
    this.kind = kind;
    this.channel = channel;
    this.free = free;
    connection.bind(channel.socket());
  }

  /** From now on, what goes over it is secured. */
  void secure(SSLSocket tls, Socket plain) throws IOException {
    connection.bind(tls, plain);
  }

  String kind() {
    return kind;
  }

  /** Since when nobody uses it, by {@link System#nanoTime}. */
  long freeSince() {
    return freeSince;
  }

  /** Whether an answer has come over it: the server may have closed it since. */
  boolean isUsed() {
    return used;
  }

  /**
   * Sends a request.
   *
   * @param longest how long it may take until there is an answer
   */
  Answer send(ClassicHttpRequest request, Duration longest) throws IOException {
    try (Deadline deadline = new Deadline(longest, this)) {
      try {
        return exchange(request);
      } catch (IOException e) {
        throw deadline.reason(e, "no answer in time");
      }
    }
  }

  /** Asks a proxy for a tunnel; gives its answer's status. */
  int connect(ClassicHttpRequest request) throws IOException {
    try {
      write(request);
      return receive().getCode();
    } catch (HttpException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Answer exchange(ClassicHttpRequest request) throws IOException {
    try {
      boolean whole = write(request);
      ClassicHttpResponse head = receive();
      used = true;
      boolean last =
          !whole || !DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, head, null);
      if (MessageSupport.canResponseHaveBody(request.getMethod(), head)) {
        connection.receiveResponseEntity(head);
      }
      if (head.getEntity() == null) {
        end(last);
        return new Answer(head, InputStream.nullInputStream());
      }
      return new Answer(head, new Body(head.getEntity().getContent(), last));
    } catch (HttpException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private ClassicHttpResponse receive() throws IOException, HttpException {
    ClassicHttpResponse head = connection.receiveResponseHeader();
    while (head.getCode() < 200) {
      head = connection.receiveResponseHeader();
    }
    return head;
  }

  /** False when it did not get through, but the server has said something meanwhile. */
  private boolean write(ClassicHttpRequest request) throws IOException, HttpException {
    try {
      connection.sendRequestHeader(request);
      if (request.getEntity() != null) {
        connection.sendRequestEntity(request);
      }
      connection.flush();
      return true;
    } catch (IOException e) {
      if (saysSomething(e)) {
        return false;
      }
      throw e;
    }
  }

  private boolean saysSomething(IOException failure) {
    try {
      return connection.isDataAvailable(LAST_WORDS);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /** At the end of an answer. */
  private void end(boolean last) throws IOException {
    if (last) {
      close();
    } else {
      freeSince = System.nanoTime();
      free.accept(this);
    }
  }

  /** The body of an answer. */
  private final class Body extends FilterInputStream {
    private final boolean last;
    private volatile boolean ended;

    Body(InputStream in, boolean last) {
      super(in);
      this.last = last;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (ended) {
        return -1;
      }
      int n = in.read(bytes, offset, length);
      if (n < 0) {
        ended = true;
        end(last);
      }
      return n;
    }

    /** What has not been read is not waited for. */
    @Override
    public void close() throws IOException {
      if (!ended) {
        Line.this.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
