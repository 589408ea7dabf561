package mos.spi.model;

import mos.spi.InvalidFieldException;

/** How an install manifest relates to what is installed. */
public enum UpdateType {
  /** The manifest's targets replace all installed ones. */
  COMPLETE("complete"),
  /** The manifest's targets replace those of the same name, the others stay. */
  PARTIAL("partial");

  private final String value;

  UpdateType(String value) {
    this.value = value;
  }

  /** Reads the manifest's word for it. */
  public static UpdateType parse(String text) {
    for (UpdateType type : values()) {
      if (type.value.equals(text)) {
        return type;
      }
    }
    throw new InvalidFieldException("", "must be 'complete' or 'partial', not '" + text + "'");
  }

  /** The manifest's word for it. */
  @Override
  public String toString() {
    return value;
  }
}
