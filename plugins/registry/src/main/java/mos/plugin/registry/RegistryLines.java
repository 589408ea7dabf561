package mos.plugin.registry;

/**
 * Whether a file has settings for registries at all: most have them for others only. The class that
 * parses is not even loaded for them: a virtual machine loads the parser to verify that class. Done
 * by hand, as a regular expression over such a file takes 6 ms that are not compiled yet, and this
 * 1 ms.
 */
final class RegistryLines {
  private static final String NAME = "registry";
  private static final String SPACE = " \t\r";
  private static final String QUOTES = "\"'";

  private final String text;
  private int at;

  private RegistryLines(String text) {
    this.text = text;
  }

  /** Whether a line begins a table or a list of registries; one too many is for the parser. */
  static boolean hasRules(String text) {
    return new RegistryLines(text).find();
  }

  private boolean find() {
    while (at < text.length()) {
      if (isRule()) {
        return true;
      }
      at = text.indexOf('\n', at) + 1;
      if (at == 0) {
        return false;
      }
    }
    return false;
  }

  /** {@code [registry.}, {@code [[registry]]}, {@code registry.} or {@code registry = [}. */
  private boolean isRule() {
    skip(SPACE, Integer.MAX_VALUE);
    for (int i = 0; i < 2; i++) {
      skip("[", 1);
      skip(SPACE, Integer.MAX_VALUE);
    }
    skip(QUOTES, 1);
    if (!text.startsWith(NAME, at)) {
      return false;
    }
    at += NAME.length();
    skip(QUOTES, 1);
    skip(SPACE, Integer.MAX_VALUE);
    if (isAt(".]")) {
      return true;
    }
    if (!isAt("=")) {
      return false;
    }
    at++;
    skip(SPACE, Integer.MAX_VALUE);
    return isAt("[");
  }

  private void skip(String any, int most) {
    for (int i = 0; i < most && isAt(any); i++) {
      at++;
    }
  }

  private boolean isAt(String any) {
    return at < text.length() && any.indexOf(text.charAt(at)) >= 0;
  }
}
