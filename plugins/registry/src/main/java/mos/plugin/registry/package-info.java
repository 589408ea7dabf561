/** Store: reaches registries (OCI distribution specification 1.1) over HTTP. */
@org.jspecify.annotations.NullMarked
package mos.plugin.registry;
