/** Store: the OCI layout that zot serves, and the {@code oci:} transport. */
module mos.plugin.zotlayout {
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
}
