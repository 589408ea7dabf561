/**
 * Linux system calls with Java types. Every call that fails throws {@link mos.linux.LinuxException}
 * with the call, what it was about and the error's name.
 */
@org.jspecify.annotations.NullMarked
package mos.linux;
