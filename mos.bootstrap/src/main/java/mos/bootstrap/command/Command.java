package mos.bootstrap.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.bootstrap.report.Progress;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.image.Repository;
import mos.spi.store.RegistryLogin;
import mos.spi.store.TransportOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command: its options, and what it does with them. Made when it is called, so that no other
 * command costs anything.
 */
public abstract class Command {
  private final CommandSpec spec;
  private String resultOption = "--output";

  Command(String name, String description) {
    spec = CommandSpec.create().name(name);
    spec.usageMessage()
        .description(description)
        .optionListHeading("%nOptions:%n")
        .parameterListHeading("%n");
    spec.usageMessage().sortOptions(false);
    spec.usageMessage().width(100);
  }

  /** Its options, for parsing and for its description. */
  public final CommandSpec spec() {
    return spec;
  }

  /** Does it. */
  public abstract Result run(PluginCatalog plugins, EventSink events);

  /** Adds the options that every command has; last, so that they stand last in its description. */
  public final Command withCommonOptions() {
    resultOption = spec.findOption("--output") == null ? "--output" : "--result";
    value("text|json", "Form of the result; default text.", resultOption);
    value(
        "auto|bar|plain|json|none",
        "Form of the progress on standard error; default auto.",
        "--progress");
    flag("Show details and stack traces.", "--debug");
    flag("Show this help.", "--help", "-h");
    return this;
  }

  final void flag(String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names).type(boolean.class).arity("0").description(description).build());
  }

  final void value(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .paramLabel(label)
            .description(description)
            .build());
  }

  /** An option that may be given several times. */
  final void values(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
  }

  final List<String> texts(String option) {
    @Nullable List<String> found = spec.findOption(option).getValue();
    return found == null ? List.of() : found;
  }

  final void required(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .required(true)
            .paramLabel(label)
            .description(description)
            .build());
  }

  final void parameter(String label, String description, String arity) {
    int index = spec.positionalParameters().size();
    boolean many = arity.endsWith("*");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(many ? index + "..*" : Integer.toString(index))
            .arity(arity)
            .required(!arity.startsWith("0"))
            .type(many ? List.class : String.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .description(description)
            .build());
  }

  final boolean isSet(String option) {
    Boolean value = spec.findOption(option).getValue();
    return value != null && value;
  }

  final Optional<String> text(String option) {
    @Nullable OptionSpec found = spec.findOption(option);
    @Nullable String value = found == null ? null : found.getValue();
    return Optional.ofNullable(value);
  }

  final Optional<Path> path(String option) {
    return text(option).map(value -> path(option, value));
  }

  final String parameter(int index) {
    return optionalParameter(index).orElseThrow();
  }

  final Optional<String> optionalParameter(int index) {
    @Nullable String value = spec.positionalParameters().get(index).getValue();
    return Optional.ofNullable(value);
  }

  final List<String> parameters(int index) {
    List<String> values = spec.positionalParameters().get(index).getValue();
    return values;
  }

  static Path path(String what, String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new MosException(ErrorCode.USAGE, what + ": not a path: " + e.getMessage(), e);
    }
  }

  /** Adds the options about the registry that the command names. */
  final void registryOptions() {
    flag("Use plain http for hosts other than loopback.", "--plain-http");
    value(
        "NAME",
        "Log in as NAME to the registry named here, and to no other; the password comes from"
            + " standard input.",
        "--user");
  }

  /** How repositories are reached by a command that names no registry. */
  static TransportOptions transport(EventSink events) {
    return new TransportOptions(false, Optional.empty(), events);
  }

  /**
   * How repositories are reached; reads the password, if there is to be one.
   *
   * @param named the repository that the command names
   */
  final TransportOptions transport(EventSink events, Repository named) {
    return new TransportOptions(
        isSet("--plain-http"), text("--user").map(user -> login(user, named)), events);
  }

  /** A login for the host that the user named: nobody else gets the password. */
  private static RegistryLogin login(String user, Repository named) {
    if (!named.scheme().equals(Repository.DOCKER)) {
      throw new MosException(
          ErrorCode.USAGE, "--user: is for registries, and " + named + " is a directory");
    }
    if (!RegistryLogin.isUser(user)) {
      // Not shown: who thinks of other programs writes the password behind a colon.
      throw new MosException(
          ErrorCode.USAGE,
          "--user: must be a name without ':'; the password comes from standard input");
    }
    String registry = named.location();
    return new RegistryLogin(
        registry, user, PasswordInput.read("Password of " + user + " at " + registry));
  }

  /** How progress is to be shown. */
  public final Progress progress() {
    String name = text("--progress").orElse("auto");
    for (Progress progress : Progress.values()) {
      if (progress.name().equalsIgnoreCase(name)) {
        return progress;
      }
    }
    throw new MosException(
        ErrorCode.USAGE, "--progress: must be auto, bar, plain, json or none, not '" + name + "'");
  }

  /** Whether the result is wanted as JSON. */
  public final boolean isJson() {
    String form = text(resultOption).orElse("text");
    return switch (form) {
      case "text" -> false;
      case "json" -> true;
      default ->
          throw new MosException(
              ErrorCode.USAGE, resultOption + ": must be text or json, not '" + form + "'");
    };
  }
}
