package mos.plugin.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.store.RegistryLogin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  private static final String HOST = "registry.example:5000";
  private static final String SECRET = "hunter2";

  @TempDir Path directory;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void setPath() {
    variables.put("PATH", directory + ":/usr/bin:/bin");
  }

  @Test
  void thereIsNoLoginWithoutAFile() {
    assertEquals(Optional.empty(), find("a"));
  }

  @Test
  void theFilesAreAskedInTheirOrder() throws IOException {
    variables.put("XDG_RUNTIME_DIR", directory.resolve("run").toString());
    List<String> places =
        List.of(
            "home/.docker/config.json",
            "home/.config/containers/auth.json",
            "run/containers/auth.json");
    for (String place : places) {
      write(place, auths(HOST, "of-" + place, SECRET));

      assertEquals("of-" + place, find("a").orElseThrow().user());
    }
  }

  @Test
  void otherPlacesOfTheFilesAreTakenFromTheEnvironment() throws IOException {
    variables.put("XDG_CONFIG_HOME", directory.resolve("xdg").toString());
    variables.put("DOCKER_CONFIG", directory.resolve("docker").toString());
    write("home/.docker/config.json", auths(HOST, "wrong", SECRET));
    write("home/.config/containers/auth.json", auths(HOST, "wrong", SECRET));
    write("docker/config.json", auths(HOST, "docker", SECRET));

    assertEquals("docker", find("a").orElseThrow().user());

    write("xdg/containers/auth.json", auths(HOST, "xdg", SECRET));

    assertEquals("xdg", find("a").orElseThrow().user());
  }

  @Test
  void nothingElseCountsWhenAFileIsNamed() throws IOException {
    write("home/.docker/config.json", auths(HOST, "docker", SECRET));
    variables.put("REGISTRY_AUTH_FILE", write("mine.json", "{\"auths\": {}}").toString());

    assertEquals(Optional.empty(), find("a"));
  }

  @Test
  void aNamedFileMustBeThere() {
    variables.put("REGISTRY_AUTH_FILE", directory.resolve("mine.json").toString());

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(ErrorCode.NOT_FOUND, e.code());
    assertEquals(
        directory + "/mine.json: there is no such file ($REGISTRY_AUTH_FILE)", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"team/app,app", "team/other,team", "team,team", "teams/app,host", "x,host"})
  void theMostSpecificEntryCounts(String repository, String user) throws IOException {
    login(
        "{\"auths\": {"
            + entry(HOST, "host", SECRET)
            + ","
            + entry(HOST + "/team", "team", SECRET)
            + ","
            + entry(HOST + "/team/app", "app", SECRET)
            + "}}");

    assertEquals(user, find(repository).orElseThrow().user());
  }

  @Test
  void anEntryForAPathIsNotForItsNeighbours() throws IOException {
    login(auths(HOST + "/team", "team", SECRET));

    assertEquals(Optional.empty(), find("other"));
  }

  @Test
  void anEntryForAHostIsNotForItsOtherPorts() throws IOException {
    login(auths("registry.example", "other", SECRET));

    assertEquals(Optional.empty(), find("a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://registry.example:5000",
        "http://registry.example:5000/",
        "https://registry.example:5000/v1/",
        "https://registry.example:5000/some/path",
        "registry.example:5000/v2/",
        "registry.example:5000/"
      })
  void urlsAreTakenForTheirHosts(String key) throws IOException {
    login(auths(key, "old", SECRET));

    assertEquals("old", find("a/b").orElseThrow().user());
  }

  @Test
  void anEntryForTheHostComesBeforeAUrl() throws IOException {
    login(
        "{\"auths\": {"
            + entry(HOST, "new", SECRET)
            + ","
            + entry("https://" + HOST, "old", SECRET)
            + "}}");

    assertEquals("new", find("a").orElseThrow().user());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://index.docker.io/v1/",
        "index.docker.io",
        "docker.io",
        "docker.io/library",
        "registry-1.docker.io"
      })
  void dockersRegistryHasManyNames(String key) throws IOException {
    login(auths(key, "me", SECRET));

    assertEquals(
        "me", credentials().find("registry-1.docker.io", "library/x").orElseThrow().user());
  }

  @Test
  void aPasswordMayHaveColonsAndOtherLetters() throws IOException {
    login(auths(HOST, "me", "a:b:é€ "));

    assertEquals(new Login("me", "a:b:é€ ", Optional.empty()), find("a").orElseThrow());
  }

  @Test
  void anIdentityTokenReplacesThePassword() throws IOException {
    login(
        "{\"auths\": {\"%s\": {\"auth\": \"%s\", \"identitytoken\": \"t\", \"email\": [{}]}}}"
            .formatted(HOST, base64("me:")));

    assertEquals(new Login("", "", Optional.of("t")), find("a").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{}", "{\"auths\": null, \"credsStore\": \"\"}"})
  void aFileMayHaveNothing(String content) throws IOException {
    login(content);

    assertEquals(Optional.empty(), find("a"));
  }

  @Test
  void anEmptyEntryLeavesTheAnswerToTheStore() throws IOException {
    helper("keyring", answer("me", SECRET));
    login("{\"auths\": {\"%s\": {}}, \"credsStore\": \"keyring\"}".formatted(HOST));

    assertEquals(new Login("me", SECRET, Optional.empty()), find("a").orElseThrow());
    assertEquals(HOST, asked());
  }

  @Test
  void theStoreKnowsDockersRegistryByItsOldUrl() throws IOException {
    helper("keyring", answer("me", SECRET));
    login("{\"credsStore\": \"keyring\"}");

    assertTrue(credentials().find("registry-1.docker.io", "library/x").isPresent());
    assertEquals("https://index.docker.io/v1/", asked());
  }

  @Test
  void aHelperForTheHostComesBeforeItsEntryAndTheStore() throws IOException {
    helper("own", answer("helped", SECRET));
    login(
        "{\"auths\": {%s}, \"credsStore\": \"none\", \"credHelpers\": {\"%s\": \"own\"}}"
            .formatted(entry(HOST, "stored", SECRET), HOST));

    assertEquals("helped", find("a").orElseThrow().user());
  }

  @Test
  void aHelperIsAskedWithTheKeyThatNamesIt() throws IOException {
    helper("own", answer("helped", SECRET));
    login("{\"credHelpers\": {\"https://index.docker.io/v1/\": \"own\"}}");

    assertTrue(credentials().find("registry-1.docker.io", "library/x").isPresent());
    assertEquals("https://index.docker.io/v1/", asked());
  }

  @Test
  void theUserTokenSaysThatTheSecretIsAnIdentityToken() throws IOException {
    helper("own", answer("<token>", "refresh"));
    login("{\"credHelpers\": {\"%s\": \"own\"}}".formatted(HOST));

    assertEquals(new Login("", "", Optional.of("refresh")), find("a").orElseThrow());
  }

  @Test
  void aHelperThatKnowsNothingLeavesTheAnswerToTheNextFile() throws IOException {
    helper("own", "echo 'credentials not found in native keychain'; exit 1");
    login("{\"credHelpers\": {\"%s\": \"own\"}}".formatted(HOST));

    assertEquals(Optional.empty(), find("a"));

    write("home/.docker/config.json", auths(HOST, "docker", SECRET));

    assertEquals("docker", find("a").orElseThrow().user());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"echo 'Secret: hunter2'; exit 3", "echo hunter2 >&2; exit 3", "printf hunter2"})
  void whatAHelperPrintsIsNotShown(String script) throws IOException {
    helper("own", script);
    login("{\"credHelpers\": {\"%s\": \"own\"}}".formatted(HOST));

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(ErrorCode.RESOURCE, e.code());
    assertTrue(e.getMessage().contains("docker-credential-own"), e.getMessage());
    assertTrue(e.getMessage().contains(HOST), e.getMessage());
    assertHidden(e);
  }

  @Test
  void aHelperThatIsNotInstalledIsNamed() throws IOException {
    Path file = login("{\"credHelpers\": {\"%s\": \"absent\"}}".formatted(HOST));

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(ErrorCode.MISSING, e.code());
    assertEquals(
        "docker-credential-absent: is not installed, but " + file + " wants it for logins",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../own", "a/b", "/bin/sh", "-x", "a b", "a\\u0000"})
  void aHelpersNameIsNoPath(String name) throws IOException {
    login("{\"credsStore\": \"%s\"}".formatted(name));

    assertEquals(ErrorCode.INVALID, assertThrows(MosException.class, () -> find("a")).code());
  }

  @Test
  void aHelperInTheWorkingDirectoryIsNotRun() throws IOException {
    variables.put("PATH", ":.:relative");
    login("{\"credsStore\": \"own\"}");

    assertEquals(ErrorCode.MISSING, assertThrows(MosException.class, () -> find("a")).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"auths\": {\"h\": {\"auth\": \"hunter2|not JSON at line 1",
        "{\"auths\": hunter2}|not JSON at line 1",
        "[\"hunter2\"]|the file: must be a mapping (line 1)",
        "{\"auths\": \"hunter2\"}|auths: must be a mapping (line 1)",
        "{\"auths\": {\"h\": \"hunter2\"}}|auths.h: must be a mapping (line 1)",
        "{\"auths\": {\"h\": {\"auth\": 5}}}|auths.h.auth: must be a string (line 1)",
        "{\"auths\": {\"http://u:hunter2@h\": 5}}|auths.http://h: must be a mapping (line 1)",
        "{\"credHelpers\": {\"h\": {\"x\": \"hunter2\"}}}|credHelpers.h: must be a string (line 1)",
        "{\"credsStore\": [\"hunter2\"]}|credsStore: must be a string (line 1)",
        "{} \"hunter2\"|has more than one JSON value (line 1)"
      })
  void aBrokenFileIsRefusedByNameAndKeyWithoutItsSecrets(String content, String reason)
      throws IOException {
    Path file = login(content);

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().startsWith(file + ": " + reason), e.getMessage());
    assertHidden(e);
  }

  @ParameterizedTest
  @CsvSource({"hunter2!,is not base64", "aHVudGVyMg==,must be user:password in base64"})
  void aBrokenLoginIsRefusedByNameAndKeyWithoutItsSecret(String auth, String reason)
      throws IOException {
    Path file = login("{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(HOST, auth));

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(file + ": auths." + HOST + ".auth: " + reason, e.getMessage());
    assertHidden(e);
  }

  @Test
  void aBrokenLoginForAnotherHostDoesNotMatter() throws IOException {
    login("{\"auths\": {\"other\": {\"auth\": \"!\"}, %s}}".formatted(entry(HOST, "me", SECRET)));

    assertEquals("me", find("a").orElseThrow().user());
  }

  @Test
  void aFileOfMoreThanAMebibyteIsRefused() throws IOException {
    Path file = login("{\"x\": \"" + "x".repeat(1 << 20) + "\"}");

    MosException e = assertThrows(MosException.class, () -> find("a"));

    assertEquals(file + ": is larger than 1048576 bytes", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io", "index.docker.io", "registry-1.docker.io"})
  void whatTheUserGaveForDockersRegistryIsForItByEachOfItsNames(String named) {
    Endpoint place =
        new Endpoint("registry-1.docker.io", "library/x", false, RegistryRule.Pull.ORIGIN);
    RegistryLogin given = new RegistryLogin(named, "me", SECRET);

    assertEquals(
        Optional.of(new Login("me", SECRET, Optional.empty())),
        credentials().find(place, Optional.of(given)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"registry.example", "registry.example:5001", "example:5000", "docker.io"})
  void whatTheUserGaveForOneRegistryIsForNoOther(String named) throws IOException {
    login(auths(HOST, "of the file", SECRET));
    Endpoint place = new Endpoint(HOST, "a", false, RegistryRule.Pull.ORIGIN);
    RegistryLogin given = new RegistryLogin(named, "me", "other");

    assertEquals("of the file", credentials().find(place, Optional.of(given)).orElseThrow().user());
  }

  @Test
  void theFilesAreReadOnce() throws IOException {
    login(auths(HOST, "first", SECRET));
    Credentials credentials = credentials();
    credentials.find(HOST, "a");

    login(auths(HOST, "second", SECRET));

    assertEquals("first", credentials.find(HOST, "a").orElseThrow().user());
  }

  private static void assertHidden(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      assertFalse(e.toString().contains(SECRET), e.toString());
    }
  }

  private Credentials credentials() {
    return new Credentials(
        new Environment(variables, directory.resolve("etc"), directory.resolve("home")));
  }

  private Optional<Login> find(String repository) {
    return credentials().find(HOST, repository);
  }

  private Path login(String content) throws IOException {
    return write("home/.config/containers/auth.json", content);
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void helper(String name, String script) throws IOException {
    Path file =
        write(
            "docker-credential-" + name,
            "#!/bin/sh\n[ \"$1\" = get ] || exit 9\ncat > '%s/asked'\n%s\n"
                .formatted(directory, script));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String answer(String user, String secret) {
    return "printf '%%s' '{\"ServerURL\":\"x\",\"Username\":\"%s\",\"Secret\":\"%s\"}'"
        .formatted(user, secret);
  }

  private String asked() throws IOException {
    return Files.readString(directory.resolve("asked"));
  }

  private static String auths(String key, String user, String password) {
    return "{\"auths\": {" + entry(key, user, password) + "}}";
  }

  private static String entry(String key, String user, String password) {
    return "\"%s\": {\"auth\": \"%s\"}".formatted(key, base64(user + ":" + password));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
