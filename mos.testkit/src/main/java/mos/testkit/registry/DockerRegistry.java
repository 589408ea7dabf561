package mos.testkit.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Debian's {@code docker-registry} 2.8: CNCF distribution without the referrers API, with deletion.
 */
public final class DockerRegistry extends ServedRegistry {
  private DockerRegistry(RegistrySetup setup, ServerProcess process) {
    super(setup, process);
  }

  /**
   * Starts it and waits until it listens.
   *
   * @throws IllegalStateException when it does not start, with its log
   */
  public static DockerRegistry start(RegistrySetup setup) {
    Path directory = setup.directory();
    try {
      Files.createDirectories(directory.resolve("storage"));
      Path settings =
          Files.writeString(directory.resolve("registry.yml"), settings(setup, directory));
      return new DockerRegistry(
          setup,
          ServerProcess.start(
              directory.resolve("registry.log"),
              Map.of(),
              List.of("docker-registry", "serve", settings.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String settings(RegistrySetup setup, Path directory) throws IOException {
    StringBuilder settings =
        new StringBuilder(
            """
            version: 0.1
            log: {level: info}
            storage:
              filesystem: {rootdirectory: "%s"}
              delete: {enabled: true}
              maintenance: {uploadpurging: {enabled: false}}
            http:
              addr: "127.0.0.1:%d"
            """
                .formatted(directory.resolve("storage"), setup.port()));
    setup.authority().ifPresent(authority -> settings.append(tls(setup, authority)));
    if (setup.account().isPresent()) {
      Account account = setup.account().orElseThrow();
      Path passwords = Files.writeString(directory.resolve("passwords"), passwordLine(account));
      settings.append("auth: {htpasswd: {realm: mos, path: \"%s\"}}\n".formatted(passwords));
    }
    setup
        .tokens()
        .ifPresent(
            tokens ->
                settings.append(
                    """
                    auth:
                      token: {realm: "%s", service: "%s", issuer: "%s", rootcertbundle: "%s"}
                    """
                        .formatted(
                            tokens.realm(),
                            TokenServer.SERVICE,
                            TokenServer.ISSUER,
                            tokens.rootCertificate())));
    return settings.toString();
  }

  private static String tls(RegistrySetup setup, Authority authority) {
    String clients =
        setup.clientCertificates() ? ", clientcas: [\"" + authority.certificate() + "\"]" : "";
    return "  tls: {certificate: \"%s\", key: \"%s\"%s}\n"
        .formatted(authority.server().certificate(), authority.server().key(), clients);
  }

  /** The registry takes bcrypt alone, and perl, which every Debian has, knows it by libcrypt. */
  private static String passwordLine(Account account) {
    String hash =
        Tool.run(
            Path.of("/"),
            "perl",
            "-e",
            "print crypt($ARGV[0], q($2y$05$abcdefghijklmnopqrstuu))",
            account.password());
    return account.user() + ":" + hash + "\n";
  }
}
