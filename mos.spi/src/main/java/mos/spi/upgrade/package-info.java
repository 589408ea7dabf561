/** Phase upgrade: what is installed, and what comes next. */
@org.jspecify.annotations.NullMarked
package mos.spi.upgrade;
