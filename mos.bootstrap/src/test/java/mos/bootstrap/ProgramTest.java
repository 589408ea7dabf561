package mos.bootstrap;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller sees before a command does anything. There are no plugins in these tests. */
class ProgramTest {
  static Stream<List<String>> commandsOfMosctl() {
    return Mosctl.program().commands().keySet().stream().map(name -> List.of(name.split(" ")));
  }

  static Stream<List<String>> commandsOfMosb() {
    return Mosb.program().commands().keySet().stream().map(name -> List.of(name.split(" ")));
  }

  private static String[] with(List<String> words, String last) {
    return Stream.concat(words.stream(), Stream.of(last)).toArray(String[]::new);
  }

  private static void isOneLineOfStatus(int status, Called called) {
    assertAll(
        called.toString(),
        () -> assertEquals(status, called.status()),
        () -> assertEquals("", called.out()),
        () -> assertEquals(1, called.err().lines().count()));
  }

  @Test
  void withoutWordsItShowsItsHelpAsAnError() {
    Called called = Called.mosctl();
    assertEquals(2, called.status());
    assertEquals("", called.out());
    assertTrue(called.err().contains("create-boot-fs"), called.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void helpOfTheProgramNamesEveryCommand(String word) {
    Called called = Called.mosb(word);
    assertEquals(0, called.status());
    Mosb.program()
        .commands()
        .keySet()
        .forEach(command -> assertTrue(called.out().contains("  " + command), command));
  }

  @ParameterizedTest
  @ValueSource(strings = {"keyset", "project", "sudi", "image", "manifest"})
  void helpOfAGroupNamesItsCommandsOnly(String group) {
    Called called = Called.mosb(group, "--help");
    assertEquals(0, called.status());
    for (String command : Mosb.program().commands().keySet()) {
      assertEquals(
          command.startsWith(group + " "), called.out().contains("\n  " + command), command);
    }
  }

  @ParameterizedTest
  @MethodSource("commandsOfMosctl")
  void helpOfEveryCommandOfMosctlSucceeds(List<String> command) {
    Called called = Called.mosctl(with(command, "--help"));
    assertEquals(0, called.status());
    assertTrue(called.out().contains("Usage: mosctl " + String.join(" ", command)), called.out());
  }

  @ParameterizedTest
  @MethodSource("commandsOfMosb")
  void helpOfEveryCommandOfMosbSucceeds(List<String> command) {
    Called called = Called.mosb(with(command, "--help"));
    assertEquals(0, called.status());
    assertTrue(called.out().contains("Usage: mosb " + String.join(" ", command)), called.out());
  }

  @ParameterizedTest
  @MethodSource("commandsOfMosctl")
  void unknownOptionIsWrongUse(List<String> command) {
    Called called = Called.mosctl(with(command, "--nonsense"));
    isOneLineOfStatus(2, called);
    assertTrue(called.err().startsWith("mosctl " + String.join(" ", command) + ": "));
  }

  @Test
  void unknownCommandIsWrongUse() {
    Called called = Called.mosctl("instal", "oci:x:y:z");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("'instal'"), called.err());
  }

  @Test
  void unknownCommandOfAGroupIsNamedWithIt() {
    Called called = Called.mosb("keyset", "ad");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("'keyset ad'"), called.err());
  }

  @Test
  void groupAloneIsWrongUse() {
    isOneLineOfStatus(2, Called.mosb("keyset"));
  }

  @Test
  void missingParameterIsWrongUse() {
    Called called = Called.mosctl("install");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("URL"), called.err());
  }

  @Test
  void severalMissingOptionsAreOneLine() {
    isOneLineOfStatus(2, Called.mosb("manifest", "publish"));
  }

  @Test
  void missingValueOfAnOptionIsWrongUse() {
    isOneLineOfStatus(2, Called.mosctl("status", "--root"));
  }

  @Test
  void unknownFormOfTheResultIsWrongUse() {
    Called called = Called.mosctl("status", "--output", "xml");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("text or json, not 'xml'"), called.err());
  }

  @Test
  void formOfTheResultIsCalledResultWhereOutputIsTheImage() {
    Called called =
        Called.mosb("image", "build", "--output", "oci:x:1", "--result", "xml", "layer");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("--result: must be text or json"), called.err());
  }

  @Test
  void unknownFormOfTheProgressIsWrongUse() {
    Called called = Called.mosctl("status", "--progress", "loud");
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("auto, bar, plain, json or none"), called.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "bar", "plain", "json", "none"})
  void everyFormOfTheProgressIsAccepted(String form, @TempDir Path directory) {
    Path missing = directory.resolve("missing");
    Called called = Called.mosctl("status", "--root", missing.toString(), "--progress", form);
    isOneLineOfStatus(5, called);
    assertTrue(called.err().contains(missing.toString()), called.err());
  }

  @Test
  void rootThatIsNotThereIsNotFound(@TempDir Path directory) {
    isOneLineOfStatus(
        5, Called.mosctl("status", "--root", directory.resolve("missing").toString()));
  }

  @Test
  void programWithoutPluginsNamesThePhaseAndThePlugin(@TempDir Path directory) throws Exception {
    Path authority = Files.writeString(directory.resolve("ca.pem"), "not looked at");
    Called called =
        Called.mosctl("status", "--root", directory.toString(), "--ca", authority.toString());
    isOneLineOfStatus(8, called);
    assertTrue(called.err().contains("verify"), called.err());
    assertTrue(called.err().contains("x509-verify"), called.err());
  }

  @Test
  void debugShowsWhereAnErrorComesFrom(@TempDir Path directory) {
    Called called =
        Called.mosctl("status", "--debug", "--root", directory.resolve("missing").toString());
    assertEquals(5, called.status());
    assertTrue(called.err().contains("\tat mos.bootstrap"), called.err());
  }

  @Test
  void versionNamesProgramCommitAndModules() {
    Called called = Called.mosctl("--version");
    assertEquals(0, called.status());
    List<String> lines = called.out().lines().toList();
    assertTrue(lines.getFirst().matches("mosctl \\S+ \\(commit \\S+, Java \\S+\\)"), called.out());
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("  mos.bootstrap")), called.out());
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("  java.base@")), called.out());
  }

  @Test
  void aMediumThatWouldNeedANetworkIsRefused() {
    for (String mode : new String[] {"install", "live"}) {
      Called called =
          Called.mosb(
              "media", "build", "--mode", mode, "--keyset", "k", "--output", "f", "host/name:1");
      isOneLineOfStatus(2, called);
      assertTrue(called.err().contains("--offline is missing"), called::err);
    }
  }

  /** Calls that name a directory, or nothing, where {@code --user} wants a registry. */
  static Stream<List<String>> callsWithoutARegistry() {
    return Stream.of(
        List.of("mosctl", "install", "oci:/srv/zot:machine/acme:1"),
        List.of("mosctl", "install", "--disk", "/dev/none", "oci:/srv/zot:machine/acme:1"),
        List.of("mosctl", "update", "oci:/srv/zot:machine/acme:1"),
        List.of("mosctl", "mount", "oci:/srv/zot:machine/acme:1"),
        List.of("mosctl", "mount"),
        List.of(
            "mosb",
            "manifest",
            "publish",
            "--repo",
            "oci:/srv/zot",
            "--name",
            "machine/acme:1",
            "manifest.yaml"),
        List.of(
            "mosb",
            "media",
            "build",
            "--mode",
            "provision",
            "--keyset",
            "k",
            "--output",
            "f",
            "oci:/srv/zot:machine/acme:1"));
  }

  @ParameterizedTest
  @MethodSource("callsWithoutARegistry")
  void aUserIsForRegistriesAlone(List<String> call, @TempDir Path root) {
    List<String> words = new ArrayList<>(call.subList(1, call.size()));
    words.addAll(List.of("--user", "me"));
    boolean mosctl = call.getFirst().equals("mosctl");
    if (mosctl && !words.contains("--disk")) {
      words.addAll(List.of("--root", root.toString()));
    }
    String[] arguments = words.toArray(String[]::new);
    Called called = mosctl ? Called.mosctl(arguments) : Called.mosb(arguments);
    isOneLineOfStatus(2, called);
    assertTrue(called.err().contains("--user: is for registries"), called.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"me:hunter2", "", "me\nhunter2"})
  void aUsersNameWithAPasswordInItIsRefusedAndNotShown(String user, @TempDir Path root) {
    for (String debug : List.of("", "--debug")) {
      List<String> words =
          new ArrayList<>(
              List.of("update", "--root", root.toString(), "--user", user, "host/machine/acme:1"));
      if (!debug.isEmpty()) {
        words.add(debug);
      }
      Called called = Called.mosctl(words.toArray(String[]::new));
      assertEquals(2, called.status(), called.err());
      assertTrue(called.err().contains("--user: must be a name without ':'"), called.err());
      assertFalse(called.err().contains("hunter2"), called.err());
    }
  }
}
