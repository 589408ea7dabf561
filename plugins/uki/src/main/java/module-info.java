/** Publishing: bootkits, UKIs and bootable media. */
module mos.plugin.uki {
  requires mos.linux;
  requires mos.spi;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  provides mos.spi.boot.BootkitBuilder with
      mos.plugin.uki.UkiBootkitBuilder;
}
