package mos.plugin.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;

/** One file of logins, as podman and docker write it. Its secrets never get into a message. */
final class AuthFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
          .build();

  /** What docker calls its registry in its file. */
  private static final String DOCKER_KEY = "index.docker.io";

  /** A key as older programs wrote it: a URL, or what is left of one to a registry's interface. */
  private static final Pattern OLD =
      Pattern.compile("https?://(?:[^/@]*@)?([^/]+)(?:/.*)?|([^/]+)/v[12]/?");

  private static final List<String> DOCKER_HOSTS =
      List.of("docker.io", "registry-1.docker.io", DOCKER_KEY);

  private final Path file;
  private final Environment environment;

  /** By the keys as they stand there. */
  private final Map<String, Entry> logins = new HashMap<>();

  private final Map<String, Helper> helpers = new HashMap<>();

  /** By the hosts of keys that are URLs, which only count when no other key does. */
  private final Map<String, Entry> oldLogins = new HashMap<>();

  private final Map<String, Helper> oldHelpers = new HashMap<>();
  private Optional<String> store = Optional.empty();

  private record Entry(String key, String auth, String token) {}

  private record Helper(String key, String name) {}

  private AuthFile(Path file, Environment environment) {
    this.file = file;
    this.environment = environment;
  }

  /** A file that the user named, which must be there. */
  static AuthFile required(Path file, String variable, Environment environment) {
    return read(file, environment)
        .orElseThrow(
            () -> MosException.notFound(file + ": there is no such file ($" + variable + ")"));
  }

  /** A file, if it is there. */
  static Optional<AuthFile> read(Path file, Environment environment) {
    if (!Files.exists(file) || Files.isDirectory(file)) {
      return Optional.empty();
    }
    AuthFile auth = new AuthFile(file, environment);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw MosException.invalid(file + ": is larger than " + MAX_BYTES + " bytes");
      }
      auth.parse(bytes);
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      // Jackson's words may quote the file, and there are passwords in it.
      throw MosException.invalid(file + ": not JSON" + place);
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
    return Optional.of(auth);
  }

  private void parse(byte[] bytes) throws IOException {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() == null) {
        return; // An empty file is one without logins, to docker as well.
      }
      expect(parser, JsonToken.START_OBJECT, "the file");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "auths" -> {
            if (isGiven(parser, JsonToken.START_OBJECT, name)) {
              while (parser.nextToken() == JsonToken.FIELD_NAME) {
                login(parser, parser.currentName());
              }
            }
          }
          case "credHelpers" -> {
            if (isGiven(parser, JsonToken.START_OBJECT, name)) {
              while (parser.nextToken() == JsonToken.FIELD_NAME) {
                helper(parser, parser.currentName());
              }
            }
          }
          case "credsStore" -> store = Optional.of(text(parser, name)).filter(v -> !v.isEmpty());
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw MosException.invalid(
            file
                + ": has more than one JSON value (line "
                + parser.currentTokenLocation().getLineNr()
                + ")");
      }
    }
  }

  private void login(JsonParser parser, String key) throws IOException {
    parser.nextToken();
    String at = "auths." + shown(key);
    if (!isGiven(parser, JsonToken.START_OBJECT, at)) {
      return;
    }
    String auth = "";
    String token = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "auth" -> auth = text(parser, at + ".auth");
        case "identitytoken" -> token = text(parser, at + ".identitytoken");
        default -> parser.skipChildren();
      }
    }
    if (!auth.isEmpty() || !token.isEmpty()) {
      Entry entry = new Entry(key, auth, token);
      logins.put(key.replaceFirst("/+$", ""), entry);
      oldHost(key).ifPresent(host -> oldLogins.put(host, entry));
    }
  }

  private void helper(JsonParser parser, String key) throws IOException {
    parser.nextToken();
    Helper helper = new Helper(key, text(parser, "credHelpers." + shown(key)));
    if (!helper.name().isEmpty()) {
      helpers.put(key, helper);
      oldHost(key).ifPresent(host -> oldHelpers.put(host, helper));
    }
  }

  private static Optional<String> oldHost(String key) {
    Matcher old = OLD.matcher(key);
    return old.matches()
        ? Optional.ofNullable(old.group(1) == null ? old.group(2) : old.group(1))
        : Optional.empty();
  }

  /** A key for a message; one that is a URL may have a password in it. */
  private static String shown(String key) {
    return key.replaceFirst("^(https?://)?[^/]*@", "$1");
  }

  private String text(JsonParser parser, String what) throws IOException {
    return isGiven(parser, JsonToken.VALUE_STRING, what) ? parser.getText() : "";
  }

  /** Whether a value is there: {@code null}, as Go writes nothing, is none. */
  private boolean isGiven(JsonParser parser, JsonToken wanted, String what) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return false;
    }
    expect(parser, wanted, what);
    return true;
  }

  private void expect(JsonParser parser, JsonToken wanted, String what) {
    if (parser.currentToken() != wanted) {
      String kind = wanted == JsonToken.VALUE_STRING ? "a string" : "a mapping";
      throw MosException.invalid(
          file
              + ": "
              + what
              + ": must be "
              + kind
              + " (line "
              + parser.currentTokenLocation().getLineNr()
              + ")");
    }
  }

  /** The login for a repository, if this file has one. */
  Optional<Login> find(String host, String repository) {
    List<String> hosts = hosts(host);
    Helper helper = first(hosts, helpers, oldHelpers);
    if (helper != null) {
      return new CredentialHelper(helper.name(), file, environment).get(helper.key());
    }
    Entry entry = first(keys(hosts, repository), logins, Map.of());
    if (entry == null) {
      entry = first(hosts, oldLogins, Map.of());
    }
    if (entry != null) {
      return Optional.of(login(entry));
    }
    String asked = DOCKER_HOSTS.contains(host) ? "https://" + DOCKER_KEY + "/v1/" : host;
    return store.flatMap(name -> new CredentialHelper(name, file, environment).get(asked));
  }

  private static <T> @Nullable T first(
      List<String> keys, Map<String, T> values, Map<String, T> others) {
    for (Map<String, T> map : List.of(values, others)) {
      for (String key : keys) {
        T value = map.get(key);
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  /** The names of a host: docker's has several. */
  static List<String> hosts(String host) {
    return DOCKER_HOSTS.contains(host) ? DOCKER_HOSTS : List.of(host);
  }

  /** The most specific first. */
  private static List<String> keys(List<String> hosts, String repository) {
    List<String> keys = new ArrayList<>();
    for (int end = repository.length(); end > 0; end = repository.lastIndexOf('/', end - 1)) {
      String path = "/" + repository.substring(0, end);
      hosts.forEach(host -> keys.add(host + path));
    }
    keys.addAll(hosts);
    return keys;
  }

  private Login login(Entry entry) {
    String at = file + ": auths." + shown(entry.key()) + ".auth";
    if (!entry.token().isEmpty()) {
      return new Login("", "", Optional.of(entry.token()));
    }
    String pair;
    try {
      pair = new String(Base64.getDecoder().decode(entry.auth().strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw MosException.invalid(at + ": is not base64");
    }
    int colon = pair.indexOf(':');
    if (colon < 1) {
      throw MosException.invalid(at + ": must be user:password in base64");
    }
    // Docker has written passwords with zeros behind them.
    String password = pair.substring(colon + 1).replaceFirst("\u0000+$", "");
    return new Login(pair.substring(0, colon), password, Optional.empty());
  }
}
