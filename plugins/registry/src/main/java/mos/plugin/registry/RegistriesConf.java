package mos.plugin.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.spi.MosException;
import mos.spi.image.Repository;

/**
 * Where repositories really are, as registries.conf has it for podman and skopeo
 * (containers-registries.conf(5), version 2): mirrors, other names, insecure and blocked ones.
 */
final class RegistriesConf {
  private static final String DOCKER = "docker.io";
  private static final Set<String> DOCKER_NAMES = Set.of(DOCKER, "index.docker.io");
  private static final String DOCKER_SERVER = "registry-1.docker.io";

  private static final int MAX_BYTES = 1 << 20;

  private final List<RegistryRule> rules;

  private RegistriesConf(List<RegistryRule> rules) {
    this.rules = rules;
  }

  /**
   * Reads the settings: the file that $CONTAINERS_REGISTRIES_CONF names, else the user's, else the
   * system's, and then what {@code registries.conf.d} adds or replaces; the system's is passed over
   * where the user has a file of their own (containers-registries.conf.d(5)).
   */
  static RegistriesConf read(Environment environment) {
    Path system = environment.etc().resolve("containers");
    Path user = environment.userSettings().resolve("containers");
    List<Path> files = new ArrayList<>();
    Optional<String> named = environment.variable("CONTAINERS_REGISTRIES_CONF");
    Path own = user.resolve("registries.conf");
    boolean ours = named.isEmpty() && Files.isRegularFile(own);
    if (named.isPresent()) {
      Path file = Path.of(named.get());
      if (!Files.exists(file)) {
        throw MosException.notFound(file + ": there is no such file ($CONTAINERS_REGISTRIES_CONF)");
      }
      files.add(file);
    } else {
      files.add(ours ? own : system.resolve("registries.conf"));
    }
    if (!ours) {
      files.addAll(additions(system.resolve("registries.conf.d")));
    }
    files.addAll(additions(user.resolve("registries.conf.d")));
    List<RegistryRule> rules = new ArrayList<>();
    for (Path file : files) {
      if (!Files.exists(file) || Files.isDirectory(file)) {
        continue;
      }
      String text = text(file);
      if (RegistryLines.hasRules(text)) {
        for (RegistryRule rule : RegistryRules.parse(file, text)) {
          rules.removeIf(other -> other.prefix().equals(rule.prefix()));
          rules.add(rule);
        }
      }
    }
    return new RegistriesConf(List.copyOf(rules));
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw MosException.invalid(file + ": is larger than " + MAX_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  private static List<Path> additions(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
      files.forEach(found::add);
    } catch (IOException e) {
      throw MosException.io("cannot list " + directory, e);
    }
    return found.stream().sorted().toList();
  }

  /**
   * The places of a repository: its mirrors in their order, then the registry itself.
   *
   * @throws MosException REFUSED when it is blocked
   */
  List<Endpoint> endpoints(Repository repository) {
    String whole = whole(repository);
    RegistryRule rule =
        rules.stream()
            .filter(candidate -> candidate.matched(whole) > 0)
            // Of a host and a domain that stand for as much, the host says more.
            .max(
                Comparator.comparingInt((RegistryRule candidate) -> candidate.matched(whole))
                    .thenComparing(candidate -> !candidate.prefix().startsWith("*.")))
            .orElse(null);
    if (rule == null) {
      return List.of(endpoint(whole, false, RegistryRule.Pull.ORIGIN));
    }
    if (rule.blocked()) {
      throw MosException.refused(
          "docker://" + whole + ": is blocked by " + rule.file() + " (" + rule.prefix() + ")");
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (RegistryRule.Mirror mirror : rule.mirrors()) {
      endpoints.add(at(rule, mirror.location(), whole, mirror.insecure(), mirror.pull()));
    }
    endpoints.add(at(rule, rule.location(), whole, rule.insecure(), RegistryRule.Pull.ORIGIN));
    return List.copyOf(endpoints);
  }

  /** A repository's full name: docker's short ones belong to its library. */
  private static String whole(Repository repository) {
    boolean docker = DOCKER_NAMES.contains(repository.location());
    String name = repository.name();
    return docker
        ? DOCKER + "/" + (name.contains("/") ? name : "library/" + name)
        : repository.location() + "/" + name;
  }

  private static Endpoint at(
      RegistryRule rule, String location, String whole, boolean insecure, RegistryRule.Pull pull) {
    String there = rule.at(location, whole);
    if (!there.contains("/")) {
      throw MosException.invalid(
          rule.file()
              + ": the location '"
              + location
              + "' for '"
              + rule.prefix()
              + "' names no repository: a host alone cannot take the place of "
              + whole);
    }
    if (!Repository.isHost(there.substring(0, there.indexOf('/')))) {
      throw MosException.invalid(
          rule.file()
              + ": the location '"
              + location
              + "' for '"
              + rule.prefix()
              + "' has no host that can be reached: letters, digits, '-' and '.', a port to 65535");
    }
    return endpoint(there, insecure, pull);
  }

  private static Endpoint endpoint(String whole, boolean insecure, RegistryRule.Pull pull) {
    int slash = whole.indexOf('/');
    String host = whole.substring(0, slash);
    String name = whole.substring(slash + 1);
    // Docker's registry has another name than its images do.
    return DOCKER_NAMES.contains(host)
        ? new Endpoint(DOCKER_SERVER, name.contains("/") ? name : "library/" + name, insecure, pull)
        : new Endpoint(host, name, insecure, pull);
  }
}
