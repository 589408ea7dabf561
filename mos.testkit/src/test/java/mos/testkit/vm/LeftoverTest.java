package mos.testkit.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the JVM of a test ends, its machines end with it. */
@Tag("vm")
class LeftoverTest {
  private static final Duration MOMENT = Duration.ofSeconds(20);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void aMachineEndsWithItsJvm(String signal) throws IOException, InterruptedException {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                "target/classes:target/test-classes",
                "mos.testkit.vm.LeftoverTest",
                directory.toString())
            .redirectErrorStream(true)
            .start();
    jvm.getOutputStream().close();
    String said;
    try (var lines = jvm.inputReader(StandardCharsets.UTF_8)) {
      said = lines.readLine();
      assertEquals("started", said);
      List<ProcessHandle> programs = jvm.descendants().toList();
      assertEquals(2, programs.size(), programs::toString);
      Program.run("kill", "-" + signal, String.valueOf(jvm.pid()));
      assertTrue(jvm.waitFor(20, TimeUnit.SECONDS));
      long end = System.nanoTime() + MOMENT.toNanos();
      while (programs.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertTrue(programs.stream().noneMatch(ProcessHandle::isAlive), programs::toString);
    }
  }

  /** The JVM that ends. */
  public static void main(String[] arguments) throws InterruptedException {
    Path directory = Path.of(arguments[0]);
    Swtpm.manufacture(directory.resolve("tpm"));
    GuestMaterial material = GuestMaterial.prepared();
    VirtualMachine machine =
        VirtualMachine.builder("leftover", directory)
            .kernel(material.kernel(), material.probe(), "")
            .tpm(directory.resolve("tpm"))
            .start();
    machine.await("Linux version", Duration.ofMinutes(1));
    System.out.println("started");
    Thread.sleep(60_000);
  }
}
