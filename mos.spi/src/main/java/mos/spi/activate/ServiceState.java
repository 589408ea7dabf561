package mos.spi.activate;

import java.util.Optional;
import mos.spi.model.Digest;

/**
 * What a service does at the moment.
 *
 * @param running digest of the image it runs; empty when it does not run
 * @param detail one line for a person
 */
public record ServiceState(Optional<Digest> running, String detail) {}
