/** Phase unlock: LUKS2 volumes, by cryptsetup. */
module mos.plugin.luks {
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
  requires static org.jspecify;

  provides mos.spi.Rehearsed with
      mos.plugin.luks.LuksRehearsal;
  provides mos.spi.unlock.VolumeUnlocker with
      mos.plugin.luks.LuksUnlocker;
}
