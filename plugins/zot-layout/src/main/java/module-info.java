/** Store: the OCI layout that zot serves, and the {@code oci:} transport. */
module mos.plugin.zotlayout {
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;

  provides mos.spi.store.ImageStoreProvider with
      mos.plugin.zotlayout.LayoutStoreProvider;
  provides mos.spi.store.ImageTransport with
      mos.plugin.zotlayout.LayoutTransport;
}
