/** Verify: signature, certificate chain, product. */
module mos.plugin.x509verify {
  requires mos.spi;
}
