/** The disk of a machine: partitions, file systems and the EFI system partition. */
@org.jspecify.annotations.NullMarked
package mos.plugin.disk;
