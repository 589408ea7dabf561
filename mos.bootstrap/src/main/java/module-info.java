/** The plugin catalog, the workflows, and the commands mosctl and mosb. */
module mos.bootstrap {
  requires info.picocli;
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires static org.jspecify;

  uses mos.spi.Rehearsed;
  uses mos.spi.activate.ServiceActivator;
  uses mos.spi.boot.BootPartition;
  uses mos.spi.boot.BootkitBuilder;
  uses mos.spi.disk.Disks;
  uses mos.spi.mount.LayerBuilder;
  uses mos.spi.mount.RootfsMounter;
  uses mos.spi.sign.KeysetProvider;
  uses mos.spi.store.ImageStoreProvider;
  uses mos.spi.store.ImageTransport;
  uses mos.spi.unlock.KeyVaultProvider;
  uses mos.spi.unlock.VolumeUnlocker;
  uses mos.spi.upgrade.SystemStateProvider;
  uses mos.spi.upgrade.Upgrader;
  uses mos.spi.verify.Verifier;
}
