package mos.plugin.x509verify;

import java.util.ArrayList;
import java.util.List;

/** Why nothing was accepted, as one line of bounded length. */
final class Reasons {
  private static final int MAX_SHOWN = 8;
  private static final int MAX_LENGTH = 400;

  private final List<String> shown = new ArrayList<>();
  private int total;

  void add(String reason) {
    total++;
    if (shown.size() < MAX_SHOWN) {
      shown.add(reason.length() > MAX_LENGTH ? reason.substring(0, MAX_LENGTH) + "…" : reason);
    }
  }

  @Override
  public String toString() {
    String text = String.join("; ", shown);
    return total > shown.size() ? text + "; and " + (total - shown.size()) + " more" : text;
  }
}
