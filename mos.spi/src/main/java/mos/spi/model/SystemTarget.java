package mos.spi.model;

/**
 * A target of the installed system and the install manifest that defines it.
 *
 * @param name the target's service name
 * @param source digest of the install manifest's bytes; files are named by its hexadecimal form
 */
public record SystemTarget(String name, Digest source) {
  /** Checks the name. */
  public SystemTarget {
    Names.checkService("name", name);
  }
}
