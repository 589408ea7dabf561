/** Store: reaches registries (OCI distribution specification 1.1) over HTTP. */
module mos.plugin.registry {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires org.apache.httpcomponents.core5.httpcore5;
  requires static org.jspecify;

  provides mos.spi.store.ImageTransport with
      mos.plugin.registry.RegistryTransport;
}
