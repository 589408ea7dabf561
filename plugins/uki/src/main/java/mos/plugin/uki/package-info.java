/** Publishing: bootkits, UKIs and bootable media. */
@org.jspecify.annotations.NullMarked
package mos.plugin.uki;
