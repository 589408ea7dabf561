/** Phase unlock: LUKS2 volumes, by cryptsetup. */
@org.jspecify.annotations.NullMarked
package mos.plugin.luks;
