package mos.bootstrap;

import mos.bootstrap.command.Commands;

/** {@code mosb}: makes keys and images, and publishes signed install manifests. */
public final class Mosb {
  private Mosb() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    HeadStart.begin();
    System.exit(program().run(arguments));
  }

  static Program program() {
    return new Program(
        "mosb",
        "Makes keysets and images, and publishes signed install manifests.",
        Commands.mosb());
  }
}
