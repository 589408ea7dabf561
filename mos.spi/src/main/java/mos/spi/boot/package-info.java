/** What firmware starts: bootkits, the system partition that holds them, and bootable media. */
@org.jspecify.annotations.NullMarked
package mos.spi.boot;
