/** Bytes to model and back: manifests and OCI documents, by one streaming reader. */
module mos.formats {
  requires com.fasterxml.jackson.core;
  requires transitive mos.spi;

  uses com.fasterxml.jackson.core.JsonFactory;
}
