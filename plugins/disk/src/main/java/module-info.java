/** The disk of a machine: partitions, file systems and the EFI system partition. */
module mos.plugin.disk {
  requires mos.linux;
  requires mos.spi;
  requires static org.jspecify;

  provides mos.spi.Rehearsed with
      mos.plugin.disk.DiskRehearsal;
  provides mos.spi.boot.BootPartition with
      mos.plugin.disk.SystemPartition;
  provides mos.spi.disk.Disks with
      mos.plugin.disk.LinuxDisks;
}
