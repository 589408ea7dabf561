package mos.plugin.uki;

import java.util.List;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;

/** The kernel's command line in a UKI. */
final class CommandLine {
  /** COMMAND_LINE_SIZE of x86 (Linux, arch/x86/include/asm/setup.h), with the zero at its end. */
  private static final int MAX = 2048;

  private static final Pattern ARGUMENT = Pattern.compile("[!-~]+");

  private CommandLine() {}

  /**
   * The line.
   *
   * @throws InvalidFieldException when the kernel would read something else
   */
  static String of(List<String> arguments) {
    for (String argument : arguments) {
      if (!ARGUMENT.matcher(argument).matches()) {
        throw new InvalidFieldException(
            "commandLine", "an argument is of printable ASCII without spaces: '" + argument + "'");
      }
    }
    String line = String.join(" ", arguments);
    if (line.length() >= MAX) {
      throw new InvalidFieldException(
          "commandLine", "is " + line.length() + " characters long; a kernel takes " + (MAX - 1));
    }
    return line;
  }
}
