/** Typed Linux system calls. */
module mos.linux {
  requires com.sun.jna;
  requires mos.spi;
}
