/** Who may pass: signed documents, verifiers, and the gate whose types alone can be used. */
@org.jspecify.annotations.NullMarked
package mos.spi.verify;
