package mos.bootstrap;

import mos.bootstrap.command.Commands;

/** {@code mosctl}: installs, mounts, updates and activates a host. */
public final class Mosctl {
  private Mosctl() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    HeadStart.begin();
    System.exit(program().run(arguments));
  }

  static Program program() {
    return new Program(
        "mosctl",
        "Installs, boots, updates and activates a system of signed OCI images.",
        Commands.mosctl());
  }
}
