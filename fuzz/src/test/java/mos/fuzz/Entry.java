package mos.fuzz;

/** Where Jazzer enters, in a process that fuzzes one target. */
public final class Entry {
  /** The system property that names the target. */
  static final String TARGET = "mos.fuzz.target";

  private static final Target CHOSEN = Target.of(System.getProperty(TARGET, ""));

  private Entry() {}

  /** Called by Jazzer with every input. */
  public static void fuzzerTestOneInput(byte[] input) {
    CHOSEN.holds(input);
  }
}
