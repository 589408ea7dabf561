package mos.plugin.registry;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mos.spi.event.Event;
import mos.spi.event.EventSink;
import mos.spi.image.Repository;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.ImageTransport;
import mos.spi.store.TransportOptions;

/**
 * Reaches {@code docker:} repositories: registries that speak the OCI distribution specification
 * 1.1, with the settings that podman and docker have for them.
 */
public final class RegistryTransport implements ImageTransport {
  private final Servers servers;
  private final Credentials credentials;
  private final Environment environment;

  /** A mirror that does not work is worth one word. */
  private final Set<String> warnings = ConcurrentHashMap.newKeySet();

  /** For the service loader. */
  public RegistryTransport() {
    this(Environment.current());
  }

  RegistryTransport(Environment environment) {
    this.environment = environment;
    this.servers = new Servers(environment);
    this.credentials = new Credentials(environment);
  }

  @Override
  public Set<String> schemes() {
    return Set.of(Repository.DOCKER);
  }

  @Override
  public ImageSource source(Repository repository, TransportOptions options) {
    return source(repository, RegistriesConf.read(environment).endpoints(repository), options);
  }

  @Override
  public ImageSource origin(Repository repository, TransportOptions options) {
    List<Endpoint> endpoints = RegistriesConf.read(environment).endpoints(repository);
    return source(repository, List.of(endpoints.getLast()), options);
  }

  private ImageSource source(
      Repository repository, List<Endpoint> endpoints, TransportOptions options) {
    List<RepositoryClient> clients =
        endpoints.stream()
            .map(place -> new RepositoryClient(place, servers, credentials, options, "pull"))
            .toList();
    return new RegistrySource(repository.toString(), clients, once(options.events()));
  }

  private EventSink once(EventSink events) {
    return event -> {
      if (!(event instanceof Event.Warning warning) || warnings.add(warning.message())) {
        events.accept(event);
      }
    };
  }

  @Override
  public void close() {
    servers.close();
  }

  @Override
  public ImageDestination destination(Repository repository, TransportOptions options) {
    Endpoint origin = RegistriesConf.read(environment).endpoints(repository).getLast();
    return new RegistryDestination(
        repository.toString(),
        new RepositoryClient(origin, servers, credentials, options, "pull,push"));
  }
}
