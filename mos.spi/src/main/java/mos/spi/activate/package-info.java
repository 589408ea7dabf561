/** Phase activate: targets become running services. */
@org.jspecify.annotations.NullMarked
package mos.spi.activate;
