package mos.spi.upgrade;

import java.time.Instant;
import java.util.Set;
import mos.spi.model.Digest;

/**
 * An earlier or the present state of the system.
 *
 * @param id such as a git commit
 * @param when it was committed
 * @param message what the change was, one line
 * @param sources the install manifests that defined its targets
 */
public record Revision(String id, Instant when, String message, Set<Digest> sources) {
  /** Copies the set. */
  public Revision {
    sources = Set.copyOf(sources);
  }
}
