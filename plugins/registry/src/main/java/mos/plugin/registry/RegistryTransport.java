package mos.plugin.registry;

import java.util.List;
import java.util.Set;
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
    List<RepositoryClient> clients =
        RegistriesConf.read(environment).endpoints(repository).stream()
            .map(place -> new RepositoryClient(place, servers, credentials, options, "pull"))
            .toList();
    return new RegistrySource(repository.toString(), clients, options.events());
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
