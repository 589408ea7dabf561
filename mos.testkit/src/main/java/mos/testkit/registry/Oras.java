package mos.testkit.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** The client {@code oras}, installed by {@code go install} into the working directory's target. */
public final class Oras {
  private static final String MODULE = "oras.land/oras/cmd/oras@v1.2.3";
  private static @Nullable Path installed;

  private Oras() {}

  /**
   * The program.
   *
   * @throws TestAbortedException when it cannot be had here: the test is skipped, saying why
   */
  public static synchronized Path program() {
    Path known = installed;
    if (known == null) {
      known = install();
      installed = known;
    }
    return known;
  }

  private static Path install() {
    Path go = GoToolchain.required("to install oras with");
    Path directory = Path.of("target", "oras").toAbsolutePath();
    try {
      Files.createDirectories(directory);
      Tool.run(
          directory,
          Map.of("GOBIN", directory.toString(), "GOFLAGS", "-trimpath"),
          List.of(go.toString(), "install", MODULE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalStateException e) {
      throw new TestAbortedException("oras cannot be installed here", e);
    }
    return directory.resolve("oras");
  }
}
