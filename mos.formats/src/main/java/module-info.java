/**
 * Bytes to model and back, pure and bounded: manifests and OCI documents, by one strict streaming
 * reader.
 */
module mos.formats {
  requires com.fasterxml.jackson.core;
  requires static com.fasterxml.jackson.dataformat.yaml;
  requires transitive mos.spi;
  requires static transitive org.jspecify;

  exports mos.formats;

  uses com.fasterxml.jackson.core.JsonFactory;
}
