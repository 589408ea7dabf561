package mos.bootstrap.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import mos.bootstrap.workflow.PluginCatalog;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.sign.Keysets;

/** {@code mosb keyset}, {@code project} and {@code sudi}: thin words over the keyset plugin. */
final class KeysetCommands extends Command {
  /** What a command does with the keysets. */
  private interface Action extends Function<Keysets, Result> {}

  private final Function<KeysetCommands, Action> action;

  private KeysetCommands(String name, String description, Function<KeysetCommands, Action> action) {
    super(name, description);
    this.action = action;
  }

  @Override
  public Result run(PluginCatalog plugins, EventSink events) {
    return action.apply(this).apply(plugins.keysets().open(directory()));
  }

  /** {@code $MOS_KEYS}, else the XDG base directory specification's data directory. */
  static Path directory() {
    Map<String, String> environment = System.getenv();
    Optional<String> keys =
        Optional.ofNullable(environment.get("MOS_KEYS")).filter(text -> !text.isEmpty());
    if (keys.isPresent()) {
      return path("MOS_KEYS", keys.get());
    }
    Path data =
        Optional.ofNullable(environment.get("XDG_DATA_HOME"))
            .filter(text -> text.startsWith("/"))
            .map(text -> path("XDG_DATA_HOME", text))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local/share"));
    return data.resolve("machine/trust/keys");
  }

  static Command addKeyset() {
    KeysetCommands command =
        new KeysetCommands(
            "add",
            "Make a keyset: its authorities, its keys and the project 'default'.",
            self ->
                keysets -> {
                  String name = self.parameter(0);
                  keysets.add(name, self.text("--org").orElse(""));
                  return Result.of(
                      "Keyset",
                      directory().resolve(name).toString(),
                      "name",
                      name,
                      "directory",
                      directory().resolve(name));
                });
    command.parameter("NAME", "The keyset.", "1");
    command.value("O", "Organization in the subjects of its certificates.", "--org");
    return command;
  }

  static Command listKeysets() {
    return new KeysetCommands(
        "list",
        "List the keysets.",
        self ->
            keysets -> {
              List<String> names = keysets.list();
              return Result.of("KeysetList", String.join("\n", names), "keysets", names);
            });
  }

  static Command showKeyset() {
    KeysetCommands command =
        new KeysetCommands(
            "show",
            "Show the keys of a keyset.",
            self -> keysets -> show(keysets, self.parameter(0), self.optionalParameter(1)));
    command.parameter("NAME", "The keyset.", "1");
    command.parameter("KEY", "Only this key, such as manifest-ca.", "0..1");
    return command;
  }

  private static Result show(Keysets keysets, String name, Optional<String> only) {
    List<Map<String, Object>> keys = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Keysets.KeyEntry entry : keysets.show(name)) {
      if (only.isPresent() && !only.get().equals(entry.name())) {
        continue;
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", entry.name());
      fields.put("certificate", entry.certificate());
      fields.put("subject", entry.subject());
      fields.put("sha256", entry.sha256());
      fields.put("expires", entry.expires());
      keys.add(fields);
      lines.add(
          entry.name()
              + ": "
              + entry.subject()
              + ", expires "
              + entry.expires()
              + ", "
              + entry.certificate());
    }
    if (keys.isEmpty() && only.isPresent()) {
      throw MosException.notFound("keyset '" + name + "' has no key '" + only.get() + "'");
    }
    return Result.of("Keyset", String.join("\n", lines), "name", name, "keys", keys);
  }

  static Command addProject() {
    KeysetCommands command =
        new KeysetCommands(
            "add",
            "Make a project: a product uuid, a manifest key and its certificate.",
            self ->
                keysets -> {
                  Keysets.Project project =
                      keysets.addProject(self.parameter(0), self.parameter(1));
                  return Result.of(
                      "Project",
                      project.name() + " " + project.product(),
                      "name",
                      project.name(),
                      "product",
                      project.product());
                });
    command.parameter("KEYSET", "The keyset.", "1");
    command.parameter("PROJECT", "The project.", "1");
    return command;
  }

  static Command listProjects() {
    KeysetCommands command =
        new KeysetCommands(
            "list",
            "List the projects of a keyset with their products.",
            self ->
                keysets -> {
                  List<Map<String, Object>> projects = new ArrayList<>();
                  List<String> lines = new ArrayList<>();
                  for (Keysets.Project project : keysets.projects(self.parameter(0))) {
                    projects.add(Map.of("name", project.name(), "product", project.product()));
                    lines.add(project.name() + " " + project.product());
                  }
                  return Result.of("ProjectList", String.join("\n", lines), "projects", projects);
                });
    command.parameter("KEYSET", "The keyset.", "1");
    return command;
  }

  static Command addSudi() {
    KeysetCommands command =
        new KeysetCommands(
            "add",
            "Make a host's identity: a key and a certificate.",
            self ->
                keysets -> {
                  UUID machine =
                      self.optionalParameter(2)
                          .map(KeysetCommands::uuid)
                          .orElseGet(UUID::randomUUID);
                  Keysets.Sudi sudi =
                      keysets.addSudi(self.parameter(0), self.parameter(1), machine);
                  return Result.of(
                      "Sudi",
                      sudi.machine() + " " + sudi.directory(),
                      "machine",
                      sudi.machine(),
                      "directory",
                      sudi.directory());
                });
    command.parameter("KEYSET", "The keyset.", "1");
    command.parameter("PROJECT", "The project.", "1");
    command.parameter("UUID", "The machine; default a new random one.", "0..1");
    return command;
  }

  static Command listSudis() {
    KeysetCommands command =
        new KeysetCommands(
            "list",
            "List the host identities of a project.",
            self ->
                keysets -> {
                  List<Map<String, Object>> sudis = new ArrayList<>();
                  List<String> lines = new ArrayList<>();
                  for (Keysets.Sudi sudi : keysets.sudis(self.parameter(0), self.parameter(1))) {
                    sudis.add(Map.of("machine", sudi.machine(), "directory", sudi.directory()));
                    lines.add(sudi.machine() + " " + sudi.directory());
                  }
                  return Result.of("SudiList", String.join("\n", lines), "sudis", sudis);
                });
    command.parameter("KEYSET", "The keyset.", "1");
    command.parameter("PROJECT", "The project.", "1");
    return command;
  }

  private static UUID uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      throw new MosException(ErrorCode.USAGE, "UUID: '" + text + "' is not a uuid", e);
    }
    throw new MosException(ErrorCode.USAGE, "UUID: '" + text + "' is not a uuid");
  }
}
