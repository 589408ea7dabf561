/** One small class per command: options in, workflow out. */
@org.jspecify.annotations.NullMarked
package mos.bootstrap.command;
