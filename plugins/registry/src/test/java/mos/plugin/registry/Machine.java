package mos.plugin.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import mos.spi.event.EventSink;
import mos.spi.image.Repository;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.RegistryLogin;
import mos.spi.store.TransportOptions;
import mos.testkit.registry.Account;
import mos.testkit.registry.Authority;

/** The settings of a machine, in a directory, and what can be reached with them. */
final class Machine implements AutoCloseable {
  private final Path directory;
  private final Map<String, String> variables = new HashMap<>();
  private TransportOptions options = new TransportOptions(false, Optional.empty(), EventSink.NONE);
  private RegistryTransport transport;

  Machine(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    variables.put("HOME", directory.toString());
    this.transport = new RegistryTransport(environment());
  }

  private Environment environment() {
    return new Environment(Map.copyOf(variables), directory.resolve("etc"), directory);
  }

  private void changed() {
    transport.close();
    transport = new RegistryTransport(environment());
  }

  Machine variable(String name, String value) {
    variables.put(name, value);
    changed();
    return this;
  }

  Machine plainHttp() {
    options = new TransportOptions(true, options.login(), options.events());
    return this;
  }

  Machine user(String registry, Account account) {
    RegistryLogin login = new RegistryLogin(registry, account.user(), account.password());
    options = new TransportOptions(options.plainHttp(), Optional.of(login), options.events());
    return this;
  }

  Machine events(EventSink sink) {
    options = new TransportOptions(options.plainHttp(), options.login(), sink);
    return this;
  }

  Machine login(String host, Account account) throws IOException {
    String pair =
        Base64.getEncoder()
            .encodeToString(
                (account.user() + ":" + account.password()).getBytes(StandardCharsets.UTF_8));
    return auth("{\"auths\":{\"" + host + "\":{\"auth\":\"" + pair + "\"}}}");
  }

  Machine auth(String json) throws IOException {
    Path file = directory.resolve("auth.json");
    Files.writeString(file, json);
    variables.put("REGISTRY_AUTH_FILE", file.toString());
    changed();
    return this;
  }

  Machine trust(String host, Authority authority) throws IOException {
    Path certificates = directory.resolve("etc/containers/certs.d").resolve(host);
    Files.createDirectories(certificates);
    Files.copy(authority.certificate(), certificates.resolve("ca.crt"));
    changed();
    return this;
  }

  Machine show(String host, Authority.Identity identity) throws IOException {
    Path certificates = directory.resolve("etc/containers/certs.d").resolve(host);
    Files.copy(identity.certificate(), certificates.resolve("client.cert"));
    Files.copy(identity.key(), certificates.resolve("client.key"));
    changed();
    return this;
  }

  Machine registries(String toml) throws IOException {
    Path file = directory.resolve("etc/containers/registries.conf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, toml);
    changed();
    return this;
  }

  ImageSource source(String host, String name) {
    return transport.source(new Repository(Repository.DOCKER, host, name), options);
  }

  ImageSource origin(String host, String name) {
    return transport.origin(new Repository(Repository.DOCKER, host, name), options);
  }

  ImageDestination destination(String host, String name) {
    return transport.destination(new Repository(Repository.DOCKER, host, name), options);
  }

  @Override
  public void close() {
    transport.close();
  }
}
