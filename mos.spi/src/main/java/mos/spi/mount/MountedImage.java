package mos.spi.mount;

import java.nio.file.Path;
import mos.spi.model.Digest;

/**
 * An image that is mounted.
 *
 * @param destination where
 * @param image digest of its OCI manifest
 * @param writable whether it can be written to
 */
public record MountedImage(Path destination, Digest image, boolean writable) {}
