package mos.plugin.gitupgrade;

import static mos.plugin.gitupgrade.Manifests.complete;
import static mos.plugin.gitupgrade.Manifests.partial;
import static mos.plugin.gitupgrade.Manifests.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.SystemState;
import mos.spi.upgrade.UpgradePlan;
import mos.spi.upgrade.Upgrader;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.VerifiedManifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitStateTest {
  private static final GitStateProvider PROVIDER = new GitStateProvider();
  private static final Upgrader UPGRADER = new ManifestUpgrader();

  private final VerifiedManifest first = complete(target("hostfs", "1"), target("web", "1", "g"));
  private final VerifiedManifest second = partial(target("web", "2", "g"));

  @TempDir private Path directory;
  private Path config;
  private Path repository;
  private Git git;

  @BeforeEach
  void name() {
    config = directory.resolve("config");
    repository = config.resolve("manifest.git");
    git = new Git(repository);
  }

  private String commit(UpgradePlan plan, String message) {
    try (WritableSystemState state = PROVIDER.write(config, "a test")) {
      return state.commit(plan.next(), plan.sources(), message);
    }
  }

  private UpgradePlan install() {
    UpgradePlan plan = UPGRADER.install(first);
    commit(plan, "install");
    return plan;
  }

  private UpgradePlan update(UpgradePlan installed, VerifiedManifest next) {
    UpgradePlan plan =
        UPGRADER.update(
            installed.next(), installed.sources(), next, Set.of(), Upgrader.Downgrade.REFUSE);
    commit(plan, "update");
    return plan;
  }

  private static Set<String> names(VerifiedManifest... manifests) {
    Set<String> names = new java.util.TreeSet<>(Set.of("manifest.yaml"));
    for (VerifiedManifest manifest : manifests) {
      String hex = manifest.digest().hex();
      names.addAll(Set.of(hex + ".yaml", hex + ".yaml.signed", hex + ".pem"));
    }
    return names;
  }

  private Set<String> committedFiles() {
    return new java.util.TreeSet<>(List.of(git.run("ls-tree", "--name-only", "HEAD").split("\n")));
  }

  private void assertHealthy() {
    assertEquals("", git.run("status", "--porcelain", "--ignored"));
    assertFalse(git.run("fsck", "--strict", "--full").contains("error"));
  }

  private MosException unreadable() {
    MosException error =
        assertThrows(
            MosException.class,
            () -> {
              try (SystemState state = PROVIDER.read(config)) {
                InstalledSystem system = state.current().orElseThrow();
                system.manifest().targets().forEach(entry -> system.document(entry.source()));
              }
            });
    assertEquals(ErrorCode.INVALID, error.code(), error.getMessage());
    assertTrue(
        error.getMessage().contains("git -C " + repository + " fsck"), () -> error.getMessage());
    return error;
  }

  @Test
  void nothingIsInstalledWhereThereIsNothingAndReadingCreatesNothing() {
    try (SystemState state = PROVIDER.read(config)) {
      assertTrue(state.current().isEmpty());
      assertEquals(List.of(), state.history(10));
    }
    assertFalse(Files.exists(config));
  }

  @Test
  void aFirstCommitIsAHealthyRepositoryWithAWorkTree() throws IOException {
    UpgradePlan plan = UPGRADER.install(first);
    String revision = commit(plan, "install machine:1");
    assertEquals(revision, git.run("rev-parse", "master"));
    assertEquals("master", git.run("rev-parse", "--abbrev-ref", "HEAD"));
    assertEquals("false", git.run("rev-parse", "--is-bare-repository"));
    assertEquals("mos <mos@localhost> install machine:1", git.run("log", "--format=%an <%ae> %s"));
    assertEquals(names(first), committedFiles());
    assertEquals(
        first.bytes(),
        mos.spi.model.Bytes.copyOf(
            Files.readAllBytes(repository.resolve(first.digest().hex() + ".yaml"))));
    assertHealthy();
  }

  @Test
  void whatWasCommittedIsReadBack() {
    UpgradePlan plan = install();
    try (SystemState state = PROVIDER.read(config)) {
      InstalledSystem system = state.current().orElseThrow();
      assertEquals(plan.next(), system.manifest());
      SignedDocument document = system.document(first.digest());
      assertEquals(first.bytes(), document.bytes());
      assertEquals(first.certificate(), document.certificates().getFirst().bytes());
      assertEquals(first.signature(), document.signatures().getFirst().bytes());
    }
  }

  @Test
  void anUpdateFollowsTheInstallAndHasOnlyTheFilesItNeeds() {
    UpgradePlan installed = install();
    UpgradePlan updated = update(installed, second);
    assertEquals(names(first, second), committedFiles());
    assertHealthy();
    VerifiedManifest third = complete(target("hostfs", "3"), target("web", "3"));
    update(updated, third);
    assertEquals(names(third), committedFiles());
    assertEquals("update\nupdate\ninstall", git.run("log", "--format=%s"));
    assertHealthy();
  }

  @Test
  void historyIsNewestFirstAndNamesTheManifests() {
    update(install(), second);
    try (SystemState state = PROVIDER.read(config)) {
      List<Revision> history = state.history(10);
      assertEquals(List.of("update", "install"), history.stream().map(Revision::message).toList());
      assertEquals(Set.of(first.digest(), second.digest()), history.getFirst().sources());
      assertEquals(Set.of(first.digest()), history.getLast().sources());
      assertEquals(git.run("rev-parse", "HEAD"), history.getFirst().id());
      Duration age = Duration.between(history.getFirst().when(), Instant.now());
      assertTrue(age.compareTo(Duration.ofHours(1)) < 0, age.toString());
      assertEquals(1, state.history(1).size());
    }
  }

  @Test
  void aChangeIsSeenThroughTheSameLockAfterItIsCommitted() {
    UpgradePlan plan = UPGRADER.install(first);
    try (WritableSystemState state = PROVIDER.write(config, "a test")) {
      assertTrue(state.current().isEmpty());
      String revision = state.commit(plan.next(), plan.sources(), "install");
      assertEquals(revision, state.current().orElseThrow().revision());
      UpgradePlan next =
          UPGRADER.update(plan.next(), plan.sources(), second, Set.of(), Upgrader.Downgrade.REFUSE);
      String later = state.commit(next.next(), next.sources(), "update");
      assertEquals(later, state.current().orElseThrow().revision());
      assertEquals(2, state.history(5).size());
    }
  }

  @Test
  void lesson37TheSameSystemAgainIsNoCommit() throws IOException {
    UpgradePlan plan = install();
    Map<String, String> before = Snapshot.of(config);
    String revision = git.run("rev-parse", "HEAD");
    assertEquals(revision, commit(plan, "again"));
    assertEquals(before, Snapshot.of(config));
  }

  @Test
  void theWorkTreeAndTheIndexDoNotCount() throws IOException {
    UpgradePlan plan = install();
    Files.writeString(repository.resolve("manifest.yaml"), "{\"targets\": []}");
    git.run("add", "manifest.yaml");
    Files.delete(repository.resolve(first.digest().hex() + ".pem"));
    try (SystemState state = PROVIDER.read(config)) {
      assertEquals(plan.next(), state.current().orElseThrow().manifest());
      assertEquals(first.bytes(), state.current().orElseThrow().document(first.digest()).bytes());
    }
  }

  @Test
  void whatAPersonCommittedCounts() throws IOException {
    install();
    Files.writeString(repository.resolve(first.digest().hex() + ".yaml"), "something else");
    git.run("commit", "-a", "-m", "tampered");
    try (SystemState state = PROVIDER.read(config)) {
      SignedDocument document = state.current().orElseThrow().document(first.digest());
      assertEquals("something else", document.bytes().text());
    }
  }

  @Test
  void anUpdateLeavesFilesOfAPersonAloneAndTakesBackHisChanges() throws IOException {
    UpgradePlan installed = install();
    Files.writeString(repository.resolve("notes.txt"), "mine");
    Files.writeString(repository.resolve("manifest.yaml"), "edited");
    update(installed, second);
    assertEquals("mine", Files.readString(repository.resolve("notes.txt")));
    assertEquals("?? notes.txt", git.run("status", "--porcelain"));
  }

  @Test
  void theFilesOfTheOriginalAreReadAndReplacedByAnUpdate() throws IOException {
    UpgradePlan installed = install();
    String hex = first.digest().hex();
    git.run("mv", hex + ".yaml", hex + ".json");
    git.run("mv", hex + ".yaml.signed", hex + ".json.signed");
    git.run("mv", "manifest.yaml", "manifest.json");
    Path manifest = repository.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace(".yaml", ".json"));
    git.run("commit", "-a", "-m", "as the original writes it");
    try (SystemState state = PROVIDER.read(config)) {
      InstalledSystem system = state.current().orElseThrow();
      assertEquals(installed.next(), system.manifest());
      assertEquals(first.bytes(), system.document(first.digest()).bytes());
      assertEquals(
          first.signature(), system.document(first.digest()).signatures().getFirst().bytes());
    }
    update(installed, second);
    assertEquals(names(first, second), committedFiles());
    assertHealthy();
  }

  @Test
  void aRepositoryThatGitHasPackedIsReadAndWritten() {
    UpgradePlan installed = install();
    UpgradePlan updated = update(installed, second);
    git.run("gc", "--aggressive", "--prune=now");
    git.run("pack-refs", "--all");
    try (SystemState state = PROVIDER.read(config)) {
      assertEquals(updated.next(), state.current().orElseThrow().manifest());
      assertEquals(2, state.history(5).size());
    }
    update(updated, partial(target("web", "3", "g")));
    assertEquals("3", git.run("rev-list", "--count", "HEAD"));
    assertHealthy();
  }

  @Test
  void aRepositoryWithoutACommitIsNoSystemAndTakesTheFirst() throws IOException {
    Files.createDirectories(repository);
    git.run("init", "-b", "master");
    try (SystemState state = PROVIDER.read(config)) {
      assertTrue(state.current().isEmpty());
    }
    install();
    assertEquals("install", git.run("log", "--format=%s"));
    assertHealthy();
  }

  @Test
  void anEmptyDirectoryIsNoSystemAndTakesTheFirst() throws IOException {
    Files.createDirectories(repository);
    install();
    assertHealthy();
  }

  @Test
  void somethingElseOfThatNameIsInvalid() throws IOException {
    Files.createDirectories(repository);
    Files.writeString(repository.resolve("file"), "x");
    MosException error =
        assertThrows(
            MosException.class,
            () -> {
              try (SystemState state = PROVIDER.read(config)) {
                state.current();
              }
            });
    assertEquals(ErrorCode.INVALID, error.code());
    assertTrue(error.getMessage().contains(repository.toString()), error.getMessage());
  }

  private Path object(String name) {
    String id = git.run("rev-parse", name);
    return repository.resolve(".git/objects/" + id.substring(0, 2) + "/" + id.substring(2));
  }

  @Test
  void aMissingObjectIsNamed() throws IOException {
    install();
    String id = git.run("rev-parse", "HEAD:manifest.yaml");
    Files.delete(object("HEAD:manifest.yaml"));
    String message = unreadable().getMessage();
    assertTrue(message.contains("manifest.yaml (object " + id + ") is missing"), message);
  }

  @Test
  void everyTruncatedObjectIsFound() throws IOException {
    install();
    String hex = first.digest().hex();
    for (String name :
        List.of("HEAD", "HEAD^{tree}", "HEAD:manifest.yaml", "HEAD:" + hex + ".pem")) {
      Path file = object(name);
      byte[] content = Files.readAllBytes(file);
      assertTrue(file.toFile().setWritable(true));
      Files.write(file, java.util.Arrays.copyOf(content, content.length / 2));
      unreadable();
      Files.write(file, new byte[0]);
      unreadable();
      Files.write(file, content);
    }
  }

  @Test
  void everyFlippedByteOfTheSystemManifestsObjectIsFoundOrChangesNothing() throws IOException {
    UpgradePlan installed = install();
    int found = 0;
    Path file = object("HEAD:manifest.yaml");
    byte[] content = Files.readAllBytes(file);
    assertTrue(file.toFile().setWritable(true));
    for (int i = 0; i < content.length; i++) {
      byte[] flipped = content.clone();
      flipped[i] ^= 0x20;
      Files.write(file, flipped);
      try (SystemState state = PROVIDER.read(config)) {
        // The compressor's checksum is not part of the object: its bytes may be anything.
        assertEquals(installed.next(), state.current().orElseThrow().manifest());
      } catch (MosException e) {
        assertEquals(ErrorCode.INVALID, e.code(), e.getMessage());
        found++;
      }
    }
    assertTrue(found >= content.length - 8, found + " of " + content.length);
  }

  @Test
  void aMissingOrTruncatedBranchIsNotTakenForAnEmptyHost() throws IOException {
    install();
    Path branch = repository.resolve(".git/refs/heads/master");
    Files.write(branch, new byte[0]);
    unreadable();
    Files.writeString(branch, "0123456789");
    unreadable();
    Files.delete(branch);
    assertTrue(unreadable().getMessage().contains("refs/heads/master is missing"));
  }

  @Test
  void aMissingHeadIsInvalid() throws IOException {
    install();
    Files.delete(repository.resolve(".git/HEAD"));
    unreadable();
  }

  @Test
  void aFileThatIsLargerThanAllowedIsNotReadIntoMemory() throws IOException {
    install();
    Path certificate = repository.resolve(first.digest().hex() + ".pem");
    Files.write(certificate, new byte[(64 << 10) + 1]);
    git.run("commit", "-a", "-m", "large");
    assertTrue(unreadable().getMessage().contains("more than the 65536 allowed"));
  }

  @Test
  void aFileThatIsMissingIsNotFound() {
    install();
    git.run("rm", first.digest().hex() + ".pem");
    git.run("commit", "-m", "without certificate");
    try (SystemState state = PROVIDER.read(config)) {
      InstalledSystem system = state.current().orElseThrow();
      MosException error = assertThrows(MosException.class, () -> system.document(first.digest()));
      assertEquals(ErrorCode.NOT_FOUND, error.code());
    }
  }

  @Test
  void hooksAndFiltersOfTheRepositoryAreNeverRun() throws IOException {
    UpgradePlan installed = install();
    Path witness = directory.resolve("ran");
    git.run("config", "filter.evil.clean", "touch " + witness);
    git.run("config", "filter.evil.smudge", "touch " + witness);
    git.run("config", "core.fsmonitor", "touch " + witness);
    Files.createDirectories(repository.resolve(".git/info"));
    Files.writeString(repository.resolve(".git/info/attributes"), "* filter=evil\n");
    Path hooks = Files.createDirectories(repository.resolve(".git/hooks"));
    for (String name : List.of("pre-commit", "post-commit", "reference-transaction")) {
      Path hook = Files.writeString(hooks.resolve(name), "#!/bin/sh\ntouch " + witness + "\n");
      assertTrue(hook.toFile().setExecutable(true));
    }
    update(installed, second);
    assertFalse(Files.exists(witness));
  }

  @Test
  void aLockOfAGitCommandIsBusyAndNothingChanges() throws IOException {
    UpgradePlan installed = install();
    Files.createFile(repository.resolve(".git/refs/heads/master.lock"));
    Map<String, String> before = Snapshot.of(config);
    MosException error = assertThrows(MosException.class, () -> update(installed, second));
    assertEquals(ErrorCode.BUSY, error.code());
    assertTrue(error.getMessage().contains("master.lock"), error.getMessage());
    assertEquals(before, Snapshot.of(config));
  }

  @Test
  void aDamagedObjectThatACommitWouldUseAgainFailsTheCommitAndLeavesTheOldSystem()
      throws IOException {
    UpgradePlan installed = install();
    String head = git.run("rev-parse", "HEAD");
    Path file = object("HEAD:" + first.digest().hex() + ".yaml");
    assertTrue(file.toFile().setWritable(true));
    Files.write(file, new byte[10]);
    MosException error = assertThrows(MosException.class, () -> update(installed, second));
    assertEquals(ErrorCode.INVALID, error.code());
    assertEquals(head, git.run("rev-parse", "HEAD"));
  }

  @Test
  void aCommitThatLacksAManifestIsADefect() {
    UpgradePlan plan = UPGRADER.install(first);
    try (WritableSystemState state = PROVIDER.write(config, "a test")) {
      MosException error =
          assertThrows(
              MosException.class, () -> state.commit(plan.next(), List.of(second), "install"));
      assertEquals(ErrorCode.INTERNAL, error.code());
    }
    assertFalse(Files.exists(config));
  }

  @Test
  void aMessageIsOneLine() {
    commit(UPGRADER.install(first), "install\n\nSigned-off-by: somebody\u0007");
    assertEquals("install Signed-off-by: somebody", git.run("log", "--format=%B"));
  }
}
