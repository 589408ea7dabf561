package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePlaceTest {

  private static final Path IMAGES = Path.of(System.getProperty("mos.images"));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"initrd", "admin"})
  void anImageRunsFromWhereverItWasCopiedTo(String image) throws Exception {
    Path copy = directory.resolve("a place with spaces");
    run("cp", "-a", IMAGES.resolve(image).toString(), copy.toString());
    assertTrue(run(copy.resolve("bin/mosctl").toString(), "--version").contains("mos.spi"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"initrd", "admin"})
  void aLauncherIsFoundThroughSymbolicLinks(String image) throws Exception {
    Path link =
        Files.createSymbolicLink(
            directory.resolve("mosctl"), IMAGES.resolve(image).resolve("bin/mosctl"));
    assertTrue(run(link.toString(), "--version").contains("mos.spi"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void javaOptionsOfTheCallersEnvironmentAreNotTaken(String variable) throws Exception {
    String mosctl = IMAGES.resolve("initrd/bin/mosctl").toString();
    assertTrue(run("env", variable + "=-XX:NoSuchOption", mosctl, "--version").contains("mos.spi"));
  }

  @ParameterizedTest
  @CsvSource({"initrd, Mosctl", "admin, Mosctl", "admin, Mosb"})
  void theTrainedCacheIsUsed(String image, String main) throws Exception {
    String log =
        run(
            IMAGES.resolve(image).resolve("bin/java").toString(),
            "-Xlog:aot=info,cds=info:stdout",
            "-m",
            "mos.bootstrap/mos.bootstrap." + main,
            "--version");
    assertTrue(log.contains("Using AOT-linked classes: true"), log);
    assertTrue(log.contains("full module graph: enabled"), log);
    assertFalse(log.contains("full module graph: disabled"), log);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), List.of(command) + ": " + output);
    return output;
  }
}
