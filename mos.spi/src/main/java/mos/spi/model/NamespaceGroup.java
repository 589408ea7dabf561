package mos.spi.model;

/**
 * A group of services and volumes that share one range of user ids. The empty name means the host's
 * own ids; manifests write it as {@code ""} or {@code none}.
 *
 * @param name the group's name, empty for the host's ids
 */
public record NamespaceGroup(String name) {
  /** The host's own user ids. */
  public static final NamespaceGroup HOST = new NamespaceGroup("");

  /** Checks the name. */
  public NamespaceGroup {
    if (!name.isEmpty()) {
      Names.check("", name);
    }
  }

  /** Reads the manifest's word: {@code ""} and {@code none} mean {@link #HOST}. */
  public static NamespaceGroup parse(String text) {
    return text.isEmpty() || text.equals("none") ? HOST : new NamespaceGroup(text);
  }

  /** Whether this is the host's own range. */
  public boolean isHost() {
    return name.isEmpty();
  }

  @Override
  public String toString() {
    return name;
  }
}
