package mos.spi.image;

import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import mos.spi.model.Digest;

/** Which manifest of a repository is meant. */
public sealed interface Selector {
  /**
   * The one a tag points at.
   *
   * @param tag at most 128 of {@code A-Z a-z 0-9 _ . -} (distribution specification 1.1)
   */
  record Tag(String tag) implements Selector {
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

    /** Checks the form. */
    public Tag {
      if (!TAG.matcher(tag).matches()) {
        throw new InvalidFieldException(
            "", "'" + tag + "' is not a tag: 1 to 128 of A-Z a-z 0-9 _ . -");
      }
    }

    @Override
    public String toString() {
      return ":" + tag;
    }
  }

  /** The one with this digest. */
  record ByDigest(Digest digest) implements Selector {
    @Override
    public String toString() {
      return "@" + digest;
    }
  }
}
