/**
 * Registries as real processes, a token server, and lines that break: what a store that speaks the
 * OCI distribution specification is tested against. All of it listens on the loopback interface
 * alone, at ports by chance, and is gone when closed.
 */
@org.jspecify.annotations.NullMarked
package mos.testkit.registry;
