/** The disk of a machine: partitions, file systems, and what is mounted of them. */
@org.jspecify.annotations.NullMarked
package mos.spi.disk;
