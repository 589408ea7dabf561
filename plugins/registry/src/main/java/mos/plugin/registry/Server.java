package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * One server, by its name: how it is reached and what it wants to know of who calls it. Found out
 * once, by asking {@code /v2/} (distribution specification 1.1, "Determining Support").
 */
final class Server {
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final String host;
  private final boolean tlsOptional;
  private final boolean plainOnly;
  private final HostTls tls;
  private final Lines lines;
  private @Nullable Found found;
  private @Nullable MosException lost;

  /**
   * @param host {@code HOST[:PORT]}
   * @param insecure whether plain http will do where TLS is not spoken
   * @param plainOnly whether nothing but plain http is spoken
   * @param tls its certificates and ours; where there are any for it, it speaks TLS
   */
  Server(String host, boolean insecure, boolean plainOnly, HostTls tls, Lines lines) {
    this.host = host;
    this.tlsOptional = insecure || isLoopback(host);
    this.plainOnly = plainOnly;
    this.tls = tls;
    this.lines = lines;
  }

  private record Found(URI base, Optional<Challenge> challenge) {}

  String host() {
    return host;
  }

  /** Where paths begin. */
  URI base() {
    return found().base();
  }

  /** What it wants to know, as it said when first asked. */
  Optional<Challenge> challenge() {
    return found().challenge();
  }

  /** One that cannot be reached is not looked for again: a mirror would cost seconds each time. */
  private synchronized Found found() {
    Found known = found;
    if (known != null) {
      return known;
    }
    MosException why = lost;
    if (why != null) {
      throw new MosException(why.code(), String.valueOf(why.getMessage()), why);
    }
    try {
      known = look();
    } catch (MosException e) {
      lost = Thread.currentThread().isInterrupted() ? null : e;
      throw e;
    }
    found = known;
    return known;
  }

  /**
   * The machine itself is asked by plain http first: nothing secret is in the question, and nobody
   * is on the way. Everybody else must speak TLS, unless the user said otherwise.
   */
  private Found look() {
    Patience patience = new Patience();
    boolean loopback = isLoopback(host) && !tls.isConfigured(host);
    while (true) {
      IOException failure;
      try {
        if (plainOnly) {
          return ask("http");
        }
        return loopback ? askEither("http", "https") : askSecure();
      } catch (IOException e) {
        failure = e;
      }
      if (failure instanceof SSLException
          || lack().isPresent()
          || !patience.again(Optional.empty())) {
        throw unreachable(failure);
      }
    }
  }

  private Found askSecure() throws IOException {
    return tlsOptional ? askEither("https", "http") : ask("https");
  }

  private Found askEither(String first, String second) throws IOException {
    try {
      return ask(first);
    } catch (WrongScheme e) {
      return ask(second);
    } catch (SSLException e) {
      try {
        return ask(second);
      } catch (WrongScheme other) {
        e.addSuppressed(other);
        throw e;
      }
    }
  }

  private static final class WrongScheme extends IOException {
    private static final long serialVersionUID = 1L;

    WrongScheme() {
      super("it speaks another protocol");
    }
  }

  private Found ask(String scheme) throws IOException {
    URI base = URI.create(scheme + "://" + host + "/");
    URI place = base.resolve("v2/");
    Answer answer = send(place, new BasicClassicHttpRequest("GET", place), ANSWER);
    try (InputStream body = answer.body()) {
      byte[] ignored = body.readNBytes(4096);
      if (scheme.equals("http") && answer.status() == 400) {
        // What servers of TLS say to whom does not speak it.
        if (plainOnly) {
          throw new MosException(
              ErrorCode.RESOURCE, host + ": seems to speak TLS alone; leave out --plain-http");
        }
        throw new WrongScheme();
      }
      if (answer.status() >= 500 || answer.status() == 429) {
        throw new IOException("it answers " + answer.status() + Answers.because(ignored));
      }
    }
    return new Found(base, Challenge.of(answer.headers("WWW-Authenticate")));
  }

  /**
   * Sends one request, once.
   *
   * @param longest how long it may take until there is an answer, the sending of a body included
   */
  Answer send(URI place, BasicClassicHttpRequest request, Duration longest) throws IOException {
    try {
      return lines.send(place, request, longest);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new MosException(ErrorCode.RESOURCE, host + ": interrupted", e);
      }
      throw e;
    }
  }

  /** Ends its connections. */
  void close() {
    lines.close();
  }

  /** What to do where it asked for a certificate of ours in vain. */
  Optional<String> lack() {
    return tls.lack(host);
  }

  private synchronized boolean isFound() {
    return found != null;
  }

  /** The error for a server that cannot be talked to. */
  MosException unreachable(IOException e) {
    Optional<String> keys = isFound() ? Optional.empty() : tls.hint(host);
    if (keys.isPresent() || e instanceof SSLException) {
      return new MosException(
          ErrorCode.RESOURCE,
          host
              + ": no secure connection: "
              + Reasons.of(e)
              + "; "
              + keys.orElseGet(() -> wayOut(e)),
          e);
    }
    return new MosException(ErrorCode.RESOURCE, host + ": cannot be reached: " + Reasons.of(e), e);
  }

  private String wayOut(IOException e) {
    return Reasons.of(e).contains("nrecognized SSL message")
        ? "it seems to speak plain http, which is for those who say --plain-http"
        : "a CA of your own goes into " + tls.place(host).resolve("ca.crt");
  }

  /** Whether a host is this machine, whatever a resolver says. */
  static boolean isLoopback(String host) {
    String name = host.startsWith("[") ? host.substring(1, host.indexOf(']')) : host;
    int colon = name.indexOf(':');
    if (!host.startsWith("[") && colon >= 0) {
      name = name.substring(0, colon);
    }
    if (name.equals("localhost")) {
      return true;
    }
    boolean literal = host.startsWith("[") || name.matches("127(\\.[0-9]{1,3}){3}");
    try {
      return literal && InetAddress.ofLiteral(name).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
