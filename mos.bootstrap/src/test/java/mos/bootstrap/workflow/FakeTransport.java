package mos.bootstrap.workflow;

import java.util.List;
import java.util.Set;
import mos.spi.image.Repository;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.ImageTransport;
import mos.spi.store.TransportOptions;

/**
 * One repository under every {@code oci:} name.
 *
 * @param repository what is in it
 * @param opened the names by which it was opened, in order
 */
record FakeTransport(MemoryStore repository, List<String> opened) implements ImageTransport {
  @Override
  public Set<String> schemes() {
    return Set.of(Repository.OCI);
  }

  @Override
  public ImageSource source(Repository named, TransportOptions options) {
    opened.add(named.name());
    return repository;
  }

  @Override
  public ImageDestination destination(Repository named, TransportOptions options) {
    throw new AssertionError("nothing that is tested writes to a repository");
  }
}
