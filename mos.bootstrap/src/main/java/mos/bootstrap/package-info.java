/** The programs mosctl and mosb, the plugin catalog and the host's directories. */
@org.jspecify.annotations.NullMarked
package mos.bootstrap;
