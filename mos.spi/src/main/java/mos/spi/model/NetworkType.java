package mos.spi.model;

import mos.spi.InvalidFieldException;

/** What network a service sees. */
public enum NetworkType {
  /** The host's own. */
  HOST("host"),
  /** None but loopback. */
  NONE("none"),
  /** A bridge of the host with an address of its own and forwarded ports. */
  SIMPLE("simple");

  private final String value;

  NetworkType(String value) {
    this.value = value;
  }

  /** Reads the manifest's word for it. */
  public static NetworkType parse(String text) {
    for (NetworkType type : values()) {
      if (type.value.equals(text)) {
        return type;
      }
    }
    throw new InvalidFieldException("", "must be 'host', 'none' or 'simple', not '" + text + "'");
  }

  /** The manifest's word for it. */
  @Override
  public String toString() {
    return value;
  }
}
