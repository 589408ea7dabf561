package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageModulesTest {

  @ParameterizedTest
  @ValueSource(strings = {"initrd", "netboot", "admin"})
  void anImageHasTheModulesOfItsListAndNoOther(String image) throws Exception {
    List<String> linked = linkedModules(image);
    System.out.println("Modules of image " + image + ":\n  " + String.join("\n  ", linked));
    List<String> names = linked.stream().map(module -> module.replaceFirst("@.*", "")).toList();
    assertEquals(
        String.join("\n", list(image)),
        String.join("\n", names),
        "image " + image + " differs from distribution/images/" + image + ".modules");
  }

  private static List<String> linkedModules(String image) throws Exception {
    Path java = Path.of(System.getProperty("mos.images"), image, "bin", "java");
    Process process =
        new ProcessBuilder(java.toString(), "--list-modules")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }

  private static List<String> list(String image) throws IOException {
    return Files.readAllLines(Path.of("images", image + ".modules"));
  }
}
