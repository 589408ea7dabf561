/** Services of a host that runs systemd. */
@org.jspecify.annotations.NullMarked
package mos.plugin.systemdactivate;
