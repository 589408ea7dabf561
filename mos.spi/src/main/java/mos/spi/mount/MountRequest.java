package mos.spi.mount;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How an image is to be mounted.
 *
 * @param destination where, an absolute path; created when missing
 * @param run where records of mounts are kept, on a file system that does not outlive them
 * @param writable where the upper and work directories of a writable mount are kept; empty for a
 *     read-only mount
 */
public record MountRequest(Path destination, Path run, Optional<Path> writable) {}
