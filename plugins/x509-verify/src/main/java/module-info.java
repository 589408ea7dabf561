/** Verify: signature, certificate chain, product, by what the JDK brings along. */
module mos.plugin.x509verify {
  requires mos.spi;

  provides mos.spi.verify.Verifier with
      mos.plugin.x509verify.X509Verifier;
}
