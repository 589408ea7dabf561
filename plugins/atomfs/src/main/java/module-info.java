/** Mount: squashfs and erofs layers under dm-verity, joined by overlay. */
module mos.plugin.atomfs {
  requires mos.linux;
  requires mos.spi;

  provides mos.spi.mount.LayerBuilder with
      mos.plugin.atomfs.VerityLayerBuilder;
  provides mos.spi.mount.RootfsMounter with
      mos.plugin.atomfs.AtomfsMounter;
}
