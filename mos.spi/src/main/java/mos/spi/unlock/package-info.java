/** Phase unlock: secrets that a machine gives out to a verified boot, and the volumes they open. */
@org.jspecify.annotations.NullMarked
package mos.spi.unlock;
