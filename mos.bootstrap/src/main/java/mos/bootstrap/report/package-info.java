/** Sinks for events: bar, plain lines, JSON lines. */
@org.jspecify.annotations.NullMarked
package mos.bootstrap.report;
