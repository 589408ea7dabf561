/** What is installed and published, as records that validate themselves. */
@org.jspecify.annotations.NullMarked
package mos.spi.model;
