/** Phase mount: images become file systems. */
@org.jspecify.annotations.NullMarked
package mos.spi.mount;
