package mos.plugin.uki;

/** Reaches the parsers of this package. */
public final class UkiParsers {
  /** The size of a file whose first bytes are the input. */
  private static final long FILE = 1L << 20;

  private UkiParsers() {}

  /** Headers of an executable; what is accepted lies within the file. */
  public static void portableExecutable(byte[] input) {
    PortableExecutable executable = PortableExecutable.parse(input, FILE);
    boolean within =
        executable.sections().stream().allMatch(section -> section.raw().end() <= FILE);
    if (!within || executable.security() + 8 > input.length) {
      throw new AssertionError("beyond the file");
    }
    executable.pointsBehind(input, 0x1000);
  }
}
