/** What happens while a command runs, as sealed records. */
@org.jspecify.annotations.NullMarked
package mos.spi.event;
