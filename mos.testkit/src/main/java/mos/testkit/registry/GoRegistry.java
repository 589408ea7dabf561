package mos.testkit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Google's registry library, which has the referrers API; it keeps manifests in memory and blobs on
 * disk. Built by {@code go build} into {@code target/go-registry} of the working directory.
 */
public final class GoRegistry extends ServedRegistry {
  private static final List<String> SOURCES = List.of("main.go", "go.mod", "go.sum");
  private static @Nullable Path built;

  private GoRegistry(RegistrySetup setup, ServerProcess process) {
    super(setup, process);
  }

  /**
   * Starts it and waits until it listens.
   *
   * @throws TestAbortedException when it cannot be built here: the test is skipped, saying why
   * @throws IllegalArgumentException when it should use tokens or client certificates
   * @throws IllegalStateException when it does not start, with its log
   */
  public static GoRegistry start(RegistrySetup setup) {
    if (setup.tokens().isPresent() || setup.clientCertificates()) {
      throw new IllegalArgumentException("the Go registry knows no tokens or client certificates");
    }
    Path program = program();
    Path blobs = setup.directory().resolve("blobs");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), blobs.toString(), "127.0.0.1:" + setup.port()));
    setup
        .authority()
        .map(Authority::server)
        .ifPresent(
            server ->
                command.addAll(List.of(server.certificate().toString(), server.key().toString())));
    Map<String, String> environment = new HashMap<>();
    setup
        .account()
        .ifPresent(
            account -> {
              environment.put("MOS_USER", account.user());
              environment.put("MOS_PASSWORD", account.password());
            });
    try {
      Files.createDirectories(blobs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new GoRegistry(
        setup,
        ServerProcess.start(setup.directory().resolve("registry.log"), environment, command));
  }

  private static synchronized Path program() {
    Path known = built;
    if (known == null) {
      known = build();
      built = known;
    }
    return known;
  }

  private static Path build() {
    Path go = GoToolchain.required("to build a registry with referrers");
    Path directory = Path.of("target", "go-registry").toAbsolutePath();
    try {
      Files.createDirectories(directory);
      for (String source : SOURCES) {
        try (InputStream in =
            Objects.requireNonNull(GoRegistry.class.getResourceAsStream("go/" + source), source)) {
          Files.copy(in, directory.resolve(source), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path program = directory.resolve("goregistry");
    try {
      Tool.run(
          directory,
          Map.of("GOFLAGS", "-buildvcs=false -trimpath"),
          List.of(go.toString(), "build", "-o", program.toString(), "."));
    } catch (IllegalStateException e) {
      throw new TestAbortedException("the registry with referrers cannot be built here", e);
    }
    return program;
  }
}
