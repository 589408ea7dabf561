package mos.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lets Jazzer look for inputs that break a parser, each in a process with little memory. */
@Tag("fuzz")
class FuzzTest {
  private static final int SECONDS = Integer.getInteger("mos.fuzz.seconds", 15);

  /** The same inputs at every run of the tests; a longer search is given another seed. */
  private static final int SEED = Integer.getInteger("mos.fuzz.seed", 1);

  private static final String ONLY = System.getProperty("mos.fuzz.only", "");
  private static final String FILE = System.getProperty("mos.fuzz.file", "");

  static Stream<Target> targets() {
    return ONLY.isEmpty() ? Arrays.stream(Target.values()) : Stream.of(Target.of(ONLY));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void theParserHoldsForWhateverItIsGiven(Target target) throws Exception {
    Path work = Path.of("target", "fuzz", target.id());
    Path corpus = Files.createDirectories(work.resolve("corpus"));
    Path log = work.resolve("log");
    ProcessBuilder jazzer =
        new ProcessBuilder(
            Stream.of(
                    java(target), options(work), FILE.isEmpty() ? search(target, corpus) : replay())
                .flatMap(List::stream)
                .toList());
    int status = run(jazzer.redirectErrorStream(true).redirectOutput(log.toFile()));
    assertEquals(
        0,
        status,
        () ->
            "%s broke; fuzz/run %s FILE tries an input again\n%s"
                .formatted(target.id(), target.id(), tail(log)));
  }

  private static List<String> java(Target target) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-D" + Entry.TARGET + "=" + target.id(),
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + Entry.class.getName(),
        "--instrumentation_includes=mos.**:com.fasterxml.jackson.core.**:com.fasterxml.jackson.dataformat.**:org.yaml.**",
        "--disabled_hooks=*");
  }

  private static List<String> options(Path work) {
    return List.of(
        "--reproducer_path=" + work,
        "-artifact_prefix=" + work + "/",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1");
  }

  private static List<String> search(Target target, Path corpus) {
    return List.of(
        "-seed=" + SEED,
        "-max_total_time=" + SECONDS,
        corpus.toString(),
        target.seedDirectory().toString());
  }

  private static List<String> replay() {
    return List.of(Path.of(FILE).toString());
  }

  private static int run(ProcessBuilder program) throws IOException, InterruptedException {
    Process process = program.start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines =
          Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }
}
