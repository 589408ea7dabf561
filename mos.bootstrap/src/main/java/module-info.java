/** The plugin catalog, the workflows, and the commands mosctl and mosb. */
module mos.bootstrap {
  requires info.picocli;
  requires mos.formats;
  requires mos.linux;
  requires mos.spi;
}
