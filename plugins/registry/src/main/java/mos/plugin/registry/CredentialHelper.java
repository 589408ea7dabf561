package mos.plugin.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;

/**
 * A program {@code docker-credential-NAME} that keeps logins for others, in a keyring for instance
 * (the protocol of docker-credential-helpers).
 */
final class CredentialHelper {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private static final Pattern STATUS = Pattern.compile(": (ended with [0-9]+)");

  /** What a helper says when it works but knows nothing. */
  private static final String NOTHING = "credentials not found";

  /** The user's name that says that the secret is a refresh token. */
  private static final String TOKEN = "<token>";

  private final String name;
  private final Path file;
  private final Environment environment;

  /**
   * @param file where it is named, for messages
   */
  CredentialHelper(String name, Path file, Environment environment) {
    if (!NAME.matcher(name).matches()) {
      throw MosException.invalid(file + ": '" + name + "' is not the name of a credential helper");
    }
    this.name = name;
    this.file = file;
    this.environment = environment;
  }

  /** The login for a host, if it has one. */
  Optional<Login> get(String host) {
    String program = "docker-credential-" + name;
    Command command =
        Command.of(program, find(program), "get").limit(LIMIT).input(Bytes.utf8(host));
    environment.variables().forEach(command::with);
    try {
      Map<String, String> fields = Answers.fields(command.run().getBytes(StandardCharsets.UTF_8));
      String user = fields.getOrDefault("Username", "");
      String secret = fields.getOrDefault("Secret", "");
      if (user.isEmpty() && secret.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          user.equals(TOKEN)
              ? new Login("", "", Optional.of(secret))
              : new Login(user, secret, Optional.empty()));
    } catch (MosException e) {
      return nothing(program, host, e);
    } catch (IOException e) {
      // The answer has a secret in it, which the parser's words may quote: no cause either.
      throw new MosException(
          ErrorCode.RESOURCE, program + " get: its answer for " + host + " is not JSON");
    }
  }

  /** What it says when it fails may be a secret, even on its standard error, so it is not shown. */
  private Optional<Login> nothing(String program, String host, MosException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher status = STATUS.matcher(message);
    if (!status.find()) {
      throw failure;
    }
    if (message.contains(NOTHING)) {
      return Optional.empty();
    }
    throw new MosException(
        ErrorCode.RESOURCE,
        program
            + ", which "
            + file
            + " wants for the login of "
            + host
            + ", "
            + status.group(1)
            + "; what it says: echo "
            + host
            + " | "
            + program
            + " get");
  }

  /** The working directory does not count, whatever PATH says: others may write there. */
  private String find(String program) {
    for (String directory : environment.variable("PATH").orElse("/usr/bin:/bin").split(":", -1)) {
      Path candidate = Path.of(directory, program);
      if (candidate.isAbsolute()
          && Files.isRegularFile(candidate)
          && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new MosException(
        ErrorCode.MISSING, program + ": is not installed, but " + file + " wants it for logins");
  }
}
