/**
 * The words of mos: model records, one service interface per lifecycle phase, the verification
 * gate, events and errors. Plugins need nothing else to know.
 */
module mos.spi {
  requires static transitive org.jspecify;

  exports mos.spi;
  exports mos.spi.activate;
  exports mos.spi.boot;
  exports mos.spi.disk;
  exports mos.spi.event;
  exports mos.spi.image;
  exports mos.spi.model;
  exports mos.spi.mount;
  exports mos.spi.sign;
  exports mos.spi.store;
  exports mos.spi.unlock;
  exports mos.spi.upgrade;
  exports mos.spi.verify;
}
