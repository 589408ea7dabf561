/**
 * Phase activate: services of a host that runs systemd.
 *
 * @provides mos.spi.activate.ServiceActivator
 */
module mos.plugin.systemdactivate {
  requires mos.linux;
  requires mos.spi;

  provides mos.spi.activate.ServiceActivator with
      mos.plugin.systemdactivate.FileSystemActivator;
}
