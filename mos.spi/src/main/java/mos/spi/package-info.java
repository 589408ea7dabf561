/** Errors with codes, and undo. */
@org.jspecify.annotations.NullMarked
package mos.spi;
