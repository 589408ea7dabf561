package mos.plugin.registry;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** A request to a registry, and the answers that its caller knows what to do with. */
final class Call {
  private final String method;
  private final URI place;
  private final Set<Integer> expected;
  private final List<String> headers = new ArrayList<>();
  private final Set<String> scopes = new TreeSet<>();
  private @Nullable Supplier<HttpEntity> body;
  private Duration answer = Duration.ofSeconds(60);
  private boolean once;

  Call(String method, URI place, Integer... expected) {
    this.method = method;
    this.place = place;
    this.expected = Set.of(expected);
  }

  Call header(String name, String value) {
    headers.add(name);
    headers.add(value);
    return this;
  }

  /** Another right that it needs, beyond those of its repository. */
  Call scope(String scope) {
    scopes.add(scope);
    return this;
  }

  Call body(Supplier<HttpEntity> bytes) {
    this.body = bytes;
    return this;
  }

  /** How long the answer may take, the sending of a body included. */
  Call answer(Duration longest) {
    this.answer = longest;
    return this;
  }

  /** Not tried again: its caller knows better how to go on. */
  Call once() {
    once = true;
    return this;
  }

  String method() {
    return method;
  }

  URI place() {
    return place;
  }

  boolean expects(int status) {
    return expected.contains(status);
  }

  List<String> headers() {
    return headers;
  }

  Set<String> scopes() {
    return scopes;
  }

  @Nullable Supplier<HttpEntity> body() {
    return body;
  }

  Duration answer() {
    return answer;
  }

  boolean isOnce() {
    return once;
  }
}
