package mos.bootstrap.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.spi.MosException;

/**
 * The arguments that the kernel was started with. Where secure boot is on they come from the signed
 * UKI; elsewhere anybody may have written them, so that nothing secret depends on them.
 *
 * @param arguments in order, quotes removed
 */
public record KernelCommandLine(List<String> arguments) {
  /** The kernel's own limit on x86 is 2048, other architectures have less. */
  private static final int MAX = 4096;

  /** Copies the list. */
  public KernelCommandLine {
    arguments = List.copyOf(arguments);
  }

  /** This machine's. */
  public static KernelCommandLine current() {
    Path file = Path.of("/proc/cmdline");
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw MosException.io("cannot read " + file, e);
    }
  }

  /** Splits a command line; double quotes keep blanks together, as the kernel's parser has it. */
  static KernelCommandLine parse(String text) {
    if (text.length() > MAX) {
      throw MosException.invalid("the kernel's command line is longer than " + MAX);
    }
    List<String> arguments = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : (text.strip() + " ").toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (Character.isWhitespace(c) && !quoted) {
        if (!word.isEmpty()) {
          arguments.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    return new KernelCommandLine(arguments);
  }

  /** The value of {@code name=value}; the last one counts. */
  public Optional<String> value(String name) {
    return arguments.reversed().stream()
        .filter(argument -> argument.startsWith(name + "="))
        .findFirst()
        .map(argument -> argument.substring(name.length() + 1));
  }
}
