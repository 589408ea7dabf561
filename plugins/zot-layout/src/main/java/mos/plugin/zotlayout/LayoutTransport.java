package mos.plugin.zotlayout;

import java.nio.file.Path;
import java.util.Set;
import mos.spi.image.Repository;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageSource;
import mos.spi.store.ImageTransport;
import mos.spi.store.TransportOptions;

/**
 * Reaches {@code oci:} repositories: {@code ROOT/<repository>} is an OCI layout as a zot server
 * keeps it under its root; a repository without a name is a plain OCI layout.
 */
public final class LayoutTransport implements ImageTransport {
  /** For the service loader. */
  public LayoutTransport() {}

  @Override
  public Set<String> schemes() {
    return Set.of(Repository.OCI);
  }

  @Override
  public ImageSource source(Repository repository, TransportOptions options) {
    Layout layout = layout(repository);
    layout.check();
    return new LayoutSource(layout, repository.toString(), options.events());
  }

  @Override
  public ImageDestination destination(Repository repository, TransportOptions options) {
    return new LayoutTransaction(
        layout(repository),
        repository.toString(),
        (digest, tag) -> tag,
        !repository.name().isEmpty());
  }

  private static Layout layout(Repository repository) {
    return new Layout(Path.of(repository.location()).resolve(repository.name()));
  }
}
