/** Keysets, certificates and signing. */
module mos.plugin.keyset {
  requires mos.linux;
  requires mos.spi;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  provides mos.spi.sign.KeysetProvider with
      mos.plugin.keyset.FileKeysetProvider;
}
