/** Publishing: keysets and signatures. */
@org.jspecify.annotations.NullMarked
package mos.spi.sign;
