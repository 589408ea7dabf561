/** Store: reaches registries (OCI distribution specification 1.1) over HTTP. */
module mos.plugin.registry {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires java.net.http;
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires static org.jspecify;

  provides mos.spi.store.ImageTransport with
      mos.plugin.registry.RegistryTransport;
}
