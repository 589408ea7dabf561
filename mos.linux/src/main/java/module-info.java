/** Typed Linux system calls over JNA, and the one way to run a program. */
module mos.linux {
  requires com.sun.jna;
  requires transitive mos.spi;
  requires static transitive org.jspecify;

  exports mos.linux;
}
