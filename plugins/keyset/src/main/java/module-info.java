/** Keysets, certificates and signing. */
module mos.plugin.keyset {
  requires mos.spi;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
}
