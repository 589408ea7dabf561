package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.model.HostDirectories;
import mos.testkit.TrustingVerifier;

/** Hosts in a directory of a test. */
final class TestHosts {
  private TestHosts() {}

  /** A host that trusts somebody, which the {@link TrustingVerifier} does not ask for. */
  static Host in(Path directory) throws IOException {
    return new Host(
        new HostDirectories(
            directory,
            directory.resolve("config"),
            directory.resolve("store"),
            directory.resolve("scratch")),
        Files.writeString(directory.resolve("ca.pem"), "authority"));
  }
}
