package mos.plugin.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import mos.spi.store.RegistryLogin;
import org.jspecify.annotations.Nullable;

/**
 * The passwords that podman, skopeo and docker keep for registries (containers-auth.json(5)): in
 * the files that they read, in their order, the most specific entry first.
 */
final class Credentials {
  private static final String VARIABLE = "REGISTRY_AUTH_FILE";

  private final Environment environment;
  private final Map<String, Optional<Login>> found = new ConcurrentHashMap<>();
  private @Nullable List<AuthFile> files;

  Credentials(Environment environment) {
    this.environment = environment;
  }

  /**
   * The login for a place. What the user gave comes first, at the registry that they named; a
   * mirror, or where registries.conf has us look instead, is another one.
   *
   * @throws mos.spi.MosException when a file or a helper that is configured does not work
   */
  Optional<Login> find(Endpoint place, Optional<RegistryLogin> given) {
    return given
        .filter(login -> AuthFile.hosts(place.host()).contains(login.registry()))
        .map(login -> new Login(login.user(), login.password(), Optional.empty()))
        .or(() -> find(place.host(), place.name()));
  }

  /**
   * The login that the machine has for a repository.
   *
   * @param host {@code HOST[:PORT]}
   * @param repository its name there
   * @throws mos.spi.MosException when a file or a helper that is configured does not work
   */
  Optional<Login> find(String host, String repository) {
    // Once each: a helper may ask a person.
    return found.computeIfAbsent(host + "/" + repository, key -> look(host, repository));
  }

  private Optional<Login> look(String host, String repository) {
    for (AuthFile file : files()) {
      Optional<Login> login = file.find(host, repository);
      if (login.isPresent()) {
        return login;
      }
    }
    return Optional.empty();
  }

  private synchronized List<AuthFile> files() {
    List<AuthFile> known = files;
    if (known == null) {
      known = read();
      files = known;
    }
    return known;
  }

  private List<AuthFile> read() {
    Optional<String> only = environment.variable(VARIABLE);
    if (only.isPresent()) {
      return List.of(AuthFile.required(Path.of(only.get()), VARIABLE, environment));
    }
    List<Path> places = new ArrayList<>();
    environment
        .variable("XDG_RUNTIME_DIR")
        .ifPresent(run -> places.add(Path.of(run, "containers/auth.json")));
    places.add(environment.userSettings().resolve("containers/auth.json"));
    places.add(
        environment
            .variable("DOCKER_CONFIG")
            .map(Path::of)
            .orElse(environment.home().resolve(".docker"))
            .resolve("config.json"));
    return places.stream().flatMap(place -> AuthFile.read(place, environment).stream()).toList();
  }
}
