package mos.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import mos.bootstrap.command.Command;
import mos.bootstrap.command.Result;
import mos.bootstrap.workflow.PluginCatalog;
import mos.bootstrap.workflow.PluginDirectory;
import mos.formats.ResultFormat;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * A program of commands: finds the one that is called, runs it, and turns what happens into output
 * and an exit status.
 */
final class Program {
  private final String name;
  private final String description;
  private final Map<String, Supplier<Command>> commands;
  private final PrintStream out;
  private final PrintStream err;

  Program(String name, String description, Map<String, Supplier<Command>> commands) {
    this(name, description, commands, stream(FileDescriptor.out), stream(FileDescriptor.err));
  }

  Program(
      String name,
      String description,
      Map<String, Supplier<Command>> commands,
      PrintStream out,
      PrintStream err) {
    this.name = name;
    this.description = description;
    this.commands = commands;
    this.out = out;
    this.err = err;
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  String name() {
    return name;
  }

  String description() {
    return description;
  }

  Map<String, Supplier<Command>> commands() {
    return commands;
  }

  /** What the user typed, split into the command and its arguments. */
  private record Call(String command, List<String> arguments) {}

  /** Runs one command; gives its exit status. */
  int run(String... arguments) {
    List<String> words = Arrays.asList(arguments);
    if (words.isEmpty() || isHelp(words.getFirst())) {
      (words.isEmpty() ? err : out).print(help(""));
      return words.isEmpty() ? ErrorCode.USAGE.exitStatus() : 0;
    }
    if (words.getFirst().equals("--version")) {
      out.print(Version.text(name));
      return 0;
    }
    Optional<Call> call = find(words);
    if (call.isEmpty()) {
      return unknown(words);
    }
    return run(call.get());
  }

  private Optional<Call> find(List<String> words) {
    if (commands.containsKey(words.getFirst())) {
      return Optional.of(new Call(words.getFirst(), words.subList(1, words.size())));
    }
    if (words.size() > 1) {
      String two = words.get(0) + " " + words.get(1);
      if (commands.containsKey(two)) {
        return Optional.of(new Call(two, words.subList(2, words.size())));
      }
    }
    return Optional.empty();
  }

  private int unknown(List<String> words) {
    String group = words.getFirst() + " ";
    boolean known = commands.keySet().stream().anyMatch(command -> command.startsWith(group));
    if (known && words.size() > 1 && isHelp(words.get(1))) {
      out.print(help(group));
      return 0;
    }
    String called = known && words.size() > 1 ? group + words.get(1) : words.getFirst();
    err.println(name + ": '" + called + "' is not a command; see " + name + " --help");
    return ErrorCode.USAGE.exitStatus();
  }

  private int run(Call call) {
    Supplier<Command> supplier = commands.get(call.command());
    if (supplier == null) {
      throw new IllegalStateException(call.command());
    }
    Command command = supplier.get().withCommonOptions();
    String prefix = name + " " + call.command();
    boolean debug = call.arguments().contains("--debug");
    if (call.arguments().stream().anyMatch(Program::isHelp)) {
      out.print(usage(call.command(), command));
      return 0;
    }
    try {
      CommandLine parser = new CommandLine(command.spec());
      parser.parseArgs(call.arguments().toArray(String[]::new));
      boolean json = command.isJson();
      Result result;
      try (PluginCatalog plugins = new PluginCatalog(PluginDirectory.load())) {
        result = command.run(plugins, command.progress().sink(err, debug));
      }
      print(result, json);
      return result.status();
    } catch (CommandLine.ParameterException e) {
      return fail(
          prefix,
          new MosException(ErrorCode.USAGE, words(e) + "; see " + prefix + " --help", e),
          debug);
    } catch (MosException e) {
      return fail(prefix, e, debug);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      String what =
          "a defect of mos: " + e + "; run it again with --debug and report what it prints";
      return fail(prefix, new MosException(ErrorCode.INTERNAL, what, e), debug);
    }
  }

  private static String words(CommandLine.ParameterException e) {
    String message = e.getMessage();
    return message == null ? "wrong use" : message;
  }

  private int fail(String prefix, MosException e, boolean debug) {
    err.println(prefix + ": " + e.getMessage());
    if (debug) {
      e.printStackTrace(err);
    }
    return e.code().exitStatus();
  }

  private void print(Result result, boolean json) {
    if (json) {
      out.println(ResultFormat.write(result.document()).text());
    } else if (!result.text().isEmpty()) {
      out.println(result.text());
    }
  }

  /** The commands, or those of a group. */
  private String help(String group) {
    StringBuilder text = new StringBuilder();
    text.append("Usage: ").append(name).append(' ').append(group).append("COMMAND [OPTION]…\n");
    text.append(description).append("\n\nCommands:\n");
    List<String> names = new ArrayList<>(commands.keySet());
    names.removeIf(command -> !command.startsWith(group));
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    for (String command : names) {
      Supplier<Command> supplier = commands.get(command);
      @Nullable String[] about =
          supplier == null ? new String[0] : supplier.get().spec().usageMessage().description();
      text.append("  ").append(command).append(" ".repeat(width - command.length() + 2));
      text.append(about.length == 0 ? "" : about[0]).append('\n');
    }
    text.append("\n").append(name).append(" COMMAND --help shows a command's options, ");
    text.append(name).append(" --version what this program is made of.\n");
    text.append(
        "Exit status: 0 done, 1 a defect of mos, 2 wrong use, 3 invalid input, 4 refused by verification,\n");
    text.append(
        "  5 not found, 6 busy, 7 resource (disk, network, kernel), 8 a plugin or a tool is missing.\n");
    return text.toString();
  }

  /** A command's options. */
  String usage(String called, Command command) {
    command.spec().name(name + " " + called);
    return new CommandLine(command.spec()).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  private static boolean isHelp(String word) {
    return word.equals("--help") || word.equals("-h") || word.equals("help");
  }
}
