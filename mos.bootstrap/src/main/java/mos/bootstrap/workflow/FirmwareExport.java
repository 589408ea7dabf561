package mos.bootstrap.workflow;

import java.nio.file.Path;
import mos.spi.model.Digest;
import mos.spi.sign.Keysets;

/** {@code mosb firmware keys}: what firmware must hold to start what a keyset signed. */
public final class FirmwareExport {
  private final PluginCatalog plugins;
  private final Keysets keysets;

  /** An export from one of {@code keysets}. */
  public FirmwareExport(PluginCatalog plugins, Keysets keysets) {
    this.plugins = plugins;
    this.keysets = keysets;
  }

  /**
   * Writes the databases into a directory.
   *
   * @return PCR 7 of a boot of a production UKI by such firmware
   */
  public Digest run(String keyset, Path directory) {
    Publisher publisher = new Publisher(plugins, keysets, keyset);
    plugins.bootkits().writeEnrollment(publisher.enrollment(), directory);
    return publisher.pcr7(Publisher.PRODUCTION_KEY);
  }
}
