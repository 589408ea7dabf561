package mos.plugin.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.spi.MosException;

/**
 * The proxies that the environment names, as curl and Go's programs understand it: {@code
 * HTTPS_PROXY} and {@code HTTP_PROXY}, and {@code NO_PROXY} for whom they are not; small letters
 * count first. Nothing on this machine is reached through a proxy.
 */
final class Proxies extends ProxySelector {
  private static final int MAX_PORT = 65_535;

  private final Optional<URI> http;
  private final Optional<URI> https;
  private final List<String> without;

  private Proxies(Environment environment) {
    this.http = proxy(environment, "HTTP_PROXY");
    this.https = proxy(environment, "HTTPS_PROXY");
    this.without =
        Arrays.stream(
                environment.variable(name(environment, "NO_PROXY")).orElse("").split("[,\\s]+", -1))
            .filter(part -> !part.isEmpty())
            .map(part -> part.toLowerCase(Locale.ROOT))
            .toList();
  }

  /** Which proxy for which place. */
  static ProxySelector selector(Environment environment) {
    return new Proxies(environment);
  }

  /**
   * Who we are to the proxy of a place, if its URL says so: a value for {@code Proxy-Authorization}
   * (RFC 9110, section 11.7.2).
   */
  static Optional<String> authorization(Environment environment, URI place) {
    return new Proxies(environment)
        .proxy(place)
        .filter(proxy -> proxy.getRawUserInfo() != null)
        .map(proxy -> "Basic " + Base64.getEncoder().encodeToString(pair(proxy)));
  }

  private static byte[] pair(URI proxy) {
    String[] parts = proxy.getRawUserInfo().split(":", 2);
    String password = parts.length > 1 ? decoded(parts[1]) : "";
    return (decoded(parts[0]) + ":" + password).getBytes(StandardCharsets.UTF_8);
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String name(Environment environment, String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return environment.variable(small).isPresent() ? small : name;
  }

  private static Optional<URI> proxy(Environment environment, String variable) {
    String name = name(environment, variable);
    return environment.variable(name).map(text -> parse(name, text.strip()));
  }

  private static URI parse(String name, String text) {
    try {
      URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
      boolean usable =
          proxy.getHost() != null
              && proxy.getPort() <= MAX_PORT
              && "http".equalsIgnoreCase(proxy.getScheme());
      if (usable) {
        return proxy;
      }
    } catch (IllegalArgumentException e) {
      // There may be a password in it, so it is not shown.
      throw notUsable(name);
    }
    throw notUsable(name);
  }

  private static MosException notUsable(String name) {
    return MosException.invalid(
        "$"
            + name
            + ": is no proxy that can be used: must be http://[USER:PASSWORD@]HOST[:PORT], special"
            + " characters as %XX");
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? 80 : proxy.getPort();
  }

  private Optional<URI> proxy(URI place) {
    return place.getHost() == null || isDirect(place)
        ? Optional.empty()
        : "https".equals(place.getScheme()) ? https : http;
  }

  @Override
  public List<Proxy> select(URI place) {
    return List.of(
        proxy(place)
            .map(to -> InetSocketAddress.createUnresolved(to.getHost(), port(to)))
            .map(address -> new Proxy(Proxy.Type.HTTP, address))
            .orElse(Proxy.NO_PROXY));
  }

  private boolean isDirect(URI place) {
    String host = place.getHost().toLowerCase(Locale.ROOT);
    int given = place.getPort();
    int port = given >= 0 ? given : "https".equals(place.getScheme()) ? 443 : 80;
    return Server.isLoopback(host) || without.stream().anyMatch(part -> fits(part, host, port));
  }

  private static boolean fits(String part, String host, int port) {
    if (part.equals("*")) {
      return true;
    }
    if (part.contains("/")) {
      return inNetwork(part, host);
    }
    if (isSame(part, host)) {
      return true;
    }
    String name = part;
    int colon = part.lastIndexOf(':');
    if (colon > 0 && (part.indexOf(':') == colon || part.charAt(colon - 1) == ']')) {
      if (!part.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = part.substring(0, colon);
    }
    name = name.startsWith("*.") ? name.substring(1) : name;
    return name.startsWith(".")
        ? host.endsWith(name)
        : host.equals(name) || host.endsWith("." + name) || isSame(name, host);
  }

  /** An address of IP version 6 as it is outside of a URL. */
  private static String bare(String host) {
    return host.replaceAll("[\\[\\]]", "");
  }

  /** Whether two are one address, however it is written. */
  private static boolean isSame(String one, String other) {
    try {
      return InetAddress.ofLiteral(bare(one)).equals(InetAddress.ofLiteral(bare(other)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean inNetwork(String network, String host) {
    int slash = network.indexOf('/');
    try {
      byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
      byte[] address = InetAddress.ofLiteral(bare(host)).getAddress();
      int bits = Integer.parseInt(network.substring(slash + 1));
      if (base.length != address.length || bits < 0 || bits > base.length * 8) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i % 8);
        if ((base[i / 8] & mask) != (address[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void connectFailed(URI place, SocketAddress address, IOException failure) {}
}
