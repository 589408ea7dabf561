package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import org.junit.jupiter.api.Test;

final class CommandTest {
  @Test
  void argumentsAreNotSeenByAnyShell() {
    assertEquals("$HOME; *\n", Command.of("coreutils", "echo", "$HOME; *").run());
  }

  @Test
  void inputReachesTheProgram() {
    assertEquals("secret", Command.of("coreutils", "cat").input(Bytes.utf8("secret")).run());
  }

  @Test
  void failureShowsTheLastLineOfStandardError() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> Command.of("dash", "sh", "-c", "echo first >&2; echo last >&2; exit 3").run());
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(e.getMessage().endsWith("ended with 3: last"), e.getMessage());
  }

  @Test
  void missingProgramNamesThePackageThatBringsIt() {
    MosException e =
        assertThrows(
            MosException.class, () -> Command.of("some-package", "no-such-program-here").run());
    assertEquals(ErrorCode.MISSING, e.code());
    assertTrue(e.getMessage().contains("apt-get install some-package"), e.getMessage());
  }

  @Test
  void outputBeyondTheBoundIsReadAndDropped() {
    assertEquals(
        64 << 10, Command.of("coreutils", "head", "-c", "1000000", "/dev/zero").run().length());
  }

  @Test
  void programThatDoesNotEndIsEnded() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> Command.of("coreutils", "sleep", "60").limit(Duration.ofMillis(100)).run());
    assertTrue(e.getMessage().contains("did not end"), e.getMessage());
  }

  @Test
  void environmentIsNotInherited() {
    String environment = Command.of("coreutils", "env").run();
    assertTrue(
        environment.lines().allMatch(line -> line.matches("(PATH|LC_ALL|TZ)=.*")), environment);
  }

  /**
   * Whether the JDK still reads from the child when the program has ended is a race; either way the
   * call is over long before the child is.
   */
  @Test
  void childThatKeepsTheOutputOpenDoesNotKeepUs() {
    Command command =
        Command.of("dash", "sh", "-c", "sleep 8 & exit 0").limit(Duration.ofMillis(300));
    assertTimeoutPreemptively(
        Duration.ofSeconds(6),
        () -> {
          try {
            assertEquals("", command.run());
          } catch (MosException e) {
            assertEquals(ErrorCode.RESOURCE, e.code());
          }
        });
  }

  @Test
  void secretGoesThroughStandardInput() {
    try (mos.spi.unlock.Secret secret =
        mos.spi.unlock.Secret.takeOver("hidden".getBytes(StandardCharsets.UTF_8))) {
      assertEquals("hidden", Command.of("coreutils", "cat").input(secret).run());
    }
  }

  @Test
  void statusOfAProgramThatFailsIsKept() {
    ProgramFailedException e =
        assertThrows(
            ProgramFailedException.class, () -> Command.of("dash", "sh", "-c", "exit 5").run());
    assertEquals(5, e.status());
  }
}
