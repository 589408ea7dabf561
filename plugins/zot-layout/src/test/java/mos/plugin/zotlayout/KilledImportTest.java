package mos.plugin.zotlayout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mos.linux.Command;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.Selector;
import mos.spi.model.Bytes;
import mos.spi.store.ImageDestination;
import mos.spi.store.ImageStore;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports by a process of its own, beside another one or killed. */
class KilledImportTest {
  private static final int SIGKILL_STATUS = 128 + 9;

  @TempDir Path temp;

  private final Images.Image old = Images.image(1, 3000, 20);
  private final Images.Image image = Images.image(2, 9 << 20, 30);
  private Path store;

  @BeforeEach
  void makeImages() throws IOException {
    Images.layout(temp.resolve("old"), "v1", old);
    Images.layout(temp.resolve("new"), "v1", image);
    store = temp.resolve("store");
  }

  private List<String> importer(String... arguments) {
    Set<String> path = new LinkedHashSet<>(List.of("target/classes", "target/test-classes"));
    for (String property : List.of("jdk.module.path", "java.class.path")) {
      path.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator, -1)));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Djna.nosys=true",
            "-cp",
            String.join(File.pathSeparator, path),
            Importer.class.getName(),
            store.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private String place(String name) {
    return "oci:" + temp.resolve(name) + ":v1";
  }

  private Process ready(String image) throws IOException {
    Process process =
        new ProcessBuilder(importer(place(image), "="))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("ready", line(process));
    return process;
  }

  private static String line(Process process) throws IOException {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    return reader.readLine();
  }

  private static void proceed(Process process) throws Exception {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    assertEquals("done", line(process));
    assertEquals(0, process.waitFor());
  }

  private void install(String image) throws Exception {
    try (ImageDestination into = new LayoutStoreProvider().open(store).begin()) {
      Importer.copy(place(image), into);
      into.commit();
    }
  }

  private boolean has(Images.Image one) throws IOException {
    try (ImageStore reader = new LayoutStoreProvider().open(store)) {
      Optional<Descriptor> found = reader.resolve(new Selector.ByDigest(one.manifest().digest()));
      if (found.isPresent()) {
        assertEquals(one.manifest(), reader.manifest(found.get()));
        for (Bytes layer : one.layers()) {
          assertEquals(layer, Bytes.copyOf(Files.readAllBytes(reader.file(layer.digest()))));
        }
      }
      return found.isPresent();
    }
  }

  /** Whatever is under a blob's name has that digest. */
  private void assertNoWrongBlob() throws IOException {
    Path blobs = store.resolve("mos/blobs/sha256");
    if (Files.exists(blobs)) {
      Images.tree(blobs)
          .forEach((name, digest) -> assertEquals(name, name.isEmpty() ? "" : digest));
    }
  }

  @Test
  void aWriterThatIsKilledBeforeItsCommitLeavesTheStoreAsItWas() throws Exception {
    install("old");
    Process writer = ready("new");
    writer.destroyForcibly().waitFor();
    assertTrue(has(old));
    assertFalse(has(image));
    install("new");
    assertTrue(has(image));
    assertFalse(Files.exists(store.resolve("mos/.uploads")));
  }

  @Test
  void twoProcessesReadWhileOneWrites() throws Exception {
    install("old");
    Process writer = ready("new");
    try (ImageStore reader = new LayoutStoreProvider().open(store)) {
      assertTrue(has(old));
      assertFalse(has(image));
      proceed(writer);
      assertTrue(reader.resolve(new Selector.ByDigest(image.manifest().digest())).isPresent());
      assertTrue(has(old));
    }
  }

  @Test
  void twoProcessesThatWriteKeepEachOthersImages() throws Exception {
    Process first = ready("new");
    Process second = ready("old");
    proceed(second);
    proceed(first);
    assertTrue(has(old));
    assertTrue(has(image));
    assertFalse(Files.exists(store.resolve("mos/.uploads")));
  }

  @Test
  void aProcessThatGivesUpRemovesNothingThatAnotherCommitted() throws Exception {
    Process first = ready("new");
    Process second = ready("new");
    proceed(second);
    first.getOutputStream().close();
    assertEquals(0, first.waitFor());
    assertTrue(has(image));
  }

  /** Lesson 16. */
  @Test
  void aWriterKilledAtAnyCallThatChangesNamesLeavesTheOldOrTheNewStoreAndWorksAgain()
      throws Exception {
    needStrace();
    Set<Boolean> seen = new HashSet<>();
    int kills = 0;
    for (String name : List.of("mkdir", "link", "rename", "unlink", "rmdir", "fsync")) {
      for (int call = 1; killedAt(name, call, kills % 2 == 0, seen); call++) {
        kills++;
      }
    }
    assertTrue(kills > 10, "only " + kills + " kills");
    assertEquals(Set.of(true, false), seen);
  }

  /** strace counts the calls of each thread by itself. */
  private boolean killedAt(String name, int call, boolean first, Set<Boolean> seen)
      throws Exception {
    String when = "killed at " + name + " number " + call;
    store = temp.resolve("store-" + name + call);
    if (!first) {
      install("old");
    }
    int status = strace(name, call);
    assertTrue(status == 0 || status == SIGKILL_STATUS, when + ": status " + status);
    assertNoWrongBlob();
    assertEquals(!first, has(old), when);
    seen.add(has(image));
    install("new");
    assertTrue(has(image), when);
    assertFalse(Files.exists(store.resolve("mos/.uploads")), when);
    return status != 0;
  }

  private int strace(String name, int call) throws Exception {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
    command.addAll(List.of("-e", "trace=" + name));
    command.addAll(List.of("-e", "inject=" + name + ":signal=KILL:when=" + call));
    command.addAll(importer(place("new")));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("output").toFile())
            .start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the importer hangs");
    return process.exitValue();
  }

  private static void needStrace() {
    try {
      Command.of("strace", "strace", "-o", "/dev/null", "true").run();
    } catch (MosException e) {
      Assumptions.abort("strace is not installed or must not trace: " + e.getMessage());
    }
  }
}
