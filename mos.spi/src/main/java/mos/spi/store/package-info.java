/** Phase store: where images come from and where they are kept. */
@org.jspecify.annotations.NullMarked
package mos.spi.store;
