package mos.plugin.registry;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/** The connections to one server, directly or through a proxy. Safe for several threads. */
final class Lines implements Closeable {
  private static final Duration CONNECT = Duration.ofSeconds(20);

  /** Servers close connections that nobody uses; that late, a new one is the better choice. */
  private static final long LONGEST_FREE = Duration.ofSeconds(20).toNanos();

  private static final int PROXY_WANTS_PASSWORD = 407;

  private final Supplier<SSLContext> tls;
  private @Nullable SSLContext context;
  private final Environment environment;
  private final Deque<Line> free = new ArrayDeque<>();
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  /**
   * @param tls made when the first secure connection is: that takes a tenth of a second
   */
  Lines(Supplier<SSLContext> tls, Environment environment) {
    this.tls = tls;
    this.environment = environment;
  }

  /**
   * Sends one request, once; only when it turns out that the server has closed a connection that
   * nobody used, a question is asked again over a new one.
   */
  Answer send(URI place, BasicClassicHttpRequest request, Duration longest) throws IOException {
    complete(place, request);
    Line line = line(place);
    try {
      return sendOrEnd(line, place, request, longest);
    } catch (IOException e) {
      if (!isQuestion(request) || !line.isUsed() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
    }
    return sendOrEnd(connect(place), place, request, longest);
  }

  /** What the bytes of a body are read from may fail as well, and half a request is on its way. */
  private Answer sendOrEnd(Line line, URI place, BasicClassicHttpRequest request, Duration longest)
      throws IOException {
    try {
      return send(line, place, request, longest);
    } catch (IOException | RuntimeException e) {
      line.close();
      throw e;
    }
  }

  private Answer send(Line line, URI place, BasicClassicHttpRequest request, Duration longest)
      throws IOException {
    Answer answer = line.send(request, longest);
    if (answer.status() == PROXY_WANTS_PASSWORD) {
      answer.body().close();
      throw wantsPassword(place);
    }
    return answer;
  }

  private static boolean isQuestion(BasicClassicHttpRequest request) {
    return Set.of("GET", "HEAD").contains(request.getMethod());
  }

  private static MosException wantsPassword(URI place) {
    return new MosException(
        ErrorCode.RESOURCE,
        place.getAuthority()
            + ": the proxy wants a password, or another one; it stands in the proxy's variable:"
            + " http://USER:PASSWORD@HOST:PORT");
  }

  private static String authority(URI place) {
    return place.getHost() + (place.getPort() < 0 ? "" : ":" + place.getPort());
  }

  private static int port(URI place) {
    int port = place.getPort();
    return port >= 0 ? port : isSecure(place) ? 443 : 80;
  }

  private static boolean isSecure(URI place) {
    return "https".equals(place.getScheme());
  }

  /** The headers that every request has. */
  private void complete(URI place, BasicClassicHttpRequest request) {
    request.setHeader("Host", authority(place));
    HttpEntity body = request.getEntity();
    if (body != null) {
      request.setHeader("Content-Length", body.getContentLength());
    } else if (!isQuestion(request)) {
      request.setHeader("Content-Length", 0);
    }
    if (!isSecure(place) && proxy(place).isPresent()) {
      request.setAbsoluteRequestUri(true);
      authorize(place, request);
    }
  }

  /** Who we are is for the proxy alone, and within a tunnel there is none. */
  private void authorize(URI place, BasicClassicHttpRequest request) {
    Proxies.authorization(environment, place)
        .ifPresent(value -> request.setHeader("Proxy-Authorization", value));
  }

  private Optional<InetSocketAddress> proxy(URI place) {
    Proxy proxy = Proxies.selector(environment).select(place).getFirst();
    return proxy.address() instanceof InetSocketAddress address
        ? Optional.of(address)
        : Optional.empty();
  }

  private Line line(URI place) throws IOException {
    Optional<Line> found = take(kind(place));
    return found.isPresent() ? found.get() : connect(place);
  }

  /** A connection that nobody uses and that its server has probably not closed. */
  private synchronized Optional<Line> take(String kind) throws IOException {
    for (Iterator<Line> lines = free.iterator(); lines.hasNext(); ) {
      Line line = lines.next();
      if (System.nanoTime() - line.freeSince() > LONGEST_FREE) {
        lines.remove();
        line.close();
      } else if (line.kind().equals(kind)) {
        lines.remove();
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private synchronized void give(Line line) {
    free.addFirst(line);
  }

  private static String kind(URI place) {
    return place.getScheme() + "://" + authority(place);
  }

  private Line connect(URI place) throws IOException {
    Optional<InetSocketAddress> proxy = proxy(place);
    String host = proxy.map(InetSocketAddress::getHostString).orElse(place.getHost());
    int port = proxy.map(InetSocketAddress::getPort).orElse(port(place));
    IOException failure = new IOException(host + " has no address");
    for (InetAddress address : InetAddress.getAllByName(host)) {
      try {
        return connect(place, new InetSocketAddress(address, port), proxy.isPresent());
      } catch (IOException e) {
        failure = e;
      }
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    throw failure;
  }

  private Line connect(URI place, InetSocketAddress address, boolean proxy) throws IOException {
    open.removeIf(channel -> !channel.isOpen());
    SocketChannel channel = SocketChannel.open();
    open.add(channel);
    try (Deadline deadline = new Deadline(CONNECT, channel)) {
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        Line line = new Line(kind(place), channel, this::give);
        if (isSecure(place)) {
          if (proxy) {
            tunnel(place, line);
          }
          secure(place, line, channel.socket());
        }
        return line;
      } catch (IOException e) {
        throw deadline.reason(e, "no connection in time");
      }
    } catch (IOException | MosException e) {
      channel.close();
      throw e;
    }
  }

  /** Has the proxy pass everything on (RFC 9110, section 9.3.6). */
  private void tunnel(URI place, Line line) throws IOException {
    String to = place.getHost() + ":" + port(place);
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", null, null, to);
    request.setHeader("Host", to);
    authorize(place, request);
    int status = line.connect(request);
    if (status == PROXY_WANTS_PASSWORD) {
      throw wantsPassword(place);
    }
    if (status / 100 != 2) {
      throw new IOException("the proxy answers " + status);
    }
  }

  private void secure(URI place, Line line, Socket plain) throws IOException {
    String host = place.getHost().replaceAll("[\\[\\]]", "");
    SSLSocket socket =
        (SSLSocket) tls().getSocketFactory().createSocket(plain, host, port(place), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    line.secure(socket, plain);
  }

  private synchronized SSLContext tls() {
    SSLContext known = context;
    if (known == null) {
      known = tls.get();
      context = known;
    }
    return known;
  }

  @Override
  public void close() {
    open.forEach(Lines::end);
    open.clear();
  }

  private static void end(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing in it that anybody waits for.
      return;
    }
  }
}
