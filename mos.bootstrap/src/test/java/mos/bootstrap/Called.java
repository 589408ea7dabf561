package mos.bootstrap;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import mos.bootstrap.command.Command;

/**
 * A program that was called.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Called(int status, String out, String err) {
  static Called mosctl(String... arguments) {
    return call("mosctl", Mosctl.program(), arguments);
  }

  static Called mosb(String... arguments) {
    return call("mosb", Mosb.program(), arguments);
  }

  private static Called call(String name, Program program, String... arguments) {
    return call(name, program.description(), program.commands(), arguments);
  }

  static Called call(
      String name,
      String description,
      Map<String, Supplier<Command>> commands,
      String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = new Program(name, description, commands, stream(out), stream(err)).run(arguments);
    return new Called(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
