package mos.plugin.registry;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where settings are looked for.
 *
 * @param variables the environment's variables
 * @param etc the system's settings, {@code /etc}
 * @param home the user's home directory
 */
record Environment(Map<String, String> variables, Path etc, Path home) {
  /** Of this process. */
  static Environment current() {
    Map<String, String> variables = System.getenv();
    return new Environment(
        variables, Path.of("/etc"), Path.of(variables.getOrDefault("HOME", "/root")));
  }

  /** A variable that is set to something. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** The user's own settings (XDG Base Directory Specification). */
  Path userSettings() {
    return variable("XDG_CONFIG_HOME").map(Path::of).orElse(home.resolve(".config"));
  }
}
