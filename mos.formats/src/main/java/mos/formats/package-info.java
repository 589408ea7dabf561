/** Bytes to model and back. Nothing here reads a file or keeps state. */
@org.jspecify.annotations.NullMarked
package mos.formats;
