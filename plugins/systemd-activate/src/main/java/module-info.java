/** Activate: services under systemd. */
module mos.plugin.systemdactivate {
  requires mos.linux;
  requires mos.spi;
}
