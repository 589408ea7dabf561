package mos.testkit.registry;

import java.net.URI;

/** What the registries have in common: a process that listens on this machine. */
abstract sealed class ServedRegistry implements Registry permits DockerRegistry, GoRegistry {
  private final URI uri;
  private final ServerProcess process;

  ServedRegistry(RegistrySetup setup, ServerProcess process) {
    String scheme = setup.authority().isPresent() ? "https" : "http";
    this.uri = URI.create(scheme + "://127.0.0.1:" + process.port());
    this.process = process;
  }

  @Override
  public final String host() {
    return uri.getAuthority();
  }

  @Override
  public final URI uri() {
    return uri;
  }

  @Override
  public final String log() {
    return process.log();
  }

  @Override
  public final void close() {
    process.close();
  }
}
