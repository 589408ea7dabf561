package mos.plugin.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.linux.EfiVariables;
import mos.linux.FileDescriptor;
import mos.linux.Mount;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.boot.BootPartition;
import mos.spi.boot.Bootkit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemPartitionTest {
  private static final String MARK = "#### LoaderInfo: systemd-boot 257 ####";

  @TempDir Path directory;
  private Path esp;
  private final BootPartition partition = new SystemPartition();

  @BeforeEach
  void create() throws IOException {
    esp = Files.createDirectory(directory.resolve("esp"));
  }

  private Bootkit kit(String id) throws IOException {
    return kit(id, "uki " + id, MARK + " of " + id);
  }

  private Bootkit kit(String id, String uki, String loader) throws IOException {
    Path files = Files.createTempDirectory(directory, "kit");
    return new Bootkit(
        id,
        Files.writeString(files.resolve("loader"), loader),
        Files.writeString(files.resolve("uki"), uki.repeat(1000)));
  }

  /** Every file and its content. */
  private static Map<String, String> tree(Path top) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(top)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(top.relativize(file).toString(), Files.readString(file));
      }
    }
    return tree;
  }

  private List<String> names() {
    return partition.entries(esp).stream()
        .map(entry -> entry.file().getFileName().toString())
        .toList();
  }

  private MosException fails(ErrorCode code, org.junit.jupiter.api.function.Executable action) {
    MosException e = assertThrows(MosException.class, action);
    assertEquals(code, e.code(), e.getMessage());
    return e;
  }

  @Test
  void aBootkitIsStartedOnceByItsPatternAndNothingIsSelected(@TempDir Path variables)
      throws IOException {
    partition.add(esp, kit("1"));
    partition.select(esp, "1");
    partition.add(esp, kit("2"));
    BootPartition told = new SystemPartition(new FileSteps(), EfiVariables.in(variables));
    assertTrue(told.startOnce(esp, "2"));
    assertEquals(Optional.of("1"), told.selected(esp));
    byte[] variable =
        Files.readAllBytes(
            variables.resolve("LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"));
    assertEquals(7, variable[0]);
    assertEquals(
        "mos-2[+.]*\0", new String(variable, 4, variable.length - 4, StandardCharsets.UTF_16LE));
    assertThrows(MosException.class, () -> told.startOnce(esp, "3"));
  }

  @Test
  void firmwareWithoutVariablesCannotBeTold() throws IOException {
    partition.add(esp, kit("1"));
    BootPartition untold =
        new SystemPartition(new FileSteps(), EfiVariables.in(esp.resolve("no-variables")));
    assertFalse(untold.startOnce(esp, "1"));
  }

  @Test
  void bootkitIsAddedBesideAndSelectedLater() throws IOException {
    partition.add(esp, kit("1"));
    assertEquals(Optional.empty(), partition.selected(esp));
    partition.select(esp, "1");
    partition.add(esp, kit("2"));
    assertEquals(List.of("mos-1+3.efi", "mos-2+3.efi"), names());
    assertEquals(Optional.of("1"), partition.selected(esp));
    assertEquals(MARK + " of 2", Files.readString(esp.resolve("EFI/BOOT/BOOTX64.EFI")));
    assertEquals(MARK + " of 2", Files.readString(esp.resolve("EFI/systemd/systemd-bootx64.efi")));
    partition.select(esp, "2");
    assertEquals(Optional.of("2"), partition.selected(esp));
  }

  @Test
  void addingAgainWritesNothing() throws IOException {
    Bootkit kit = kit("1");
    partition.add(esp, kit);
    partition.select(esp, "1");
    partition.bless(esp, "1");
    FileTime longAgo = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.walk(esp)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, longAgo);
      }
    }
    partition.add(esp, kit);
    partition.select(esp, "1");
    partition.bless(esp, "1");
    assertEquals(List.of("mos-1.efi"), names());
    try (Stream<Path> files = Files.walk(esp)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertEquals(longAgo, Files.getLastModifiedTime(file), file.toString());
      }
    }
  }

  /** How many bytes this process has read so far (proc_pid_io(5)). */
  private static long read() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/io"))) {
      return lines
          .filter(line -> line.startsWith("rchar: "))
          .mapToLong(line -> Long.parseLong(line.substring(7)))
          .sum();
    }
  }

  @Test
  void addingReadsEachFileOnce() throws IOException {
    String large = "a uki with some words in it ".repeat(300);
    Bootkit kit = kit("1", large, MARK);
    long size = Files.size(kit.uki());
    long start = read();
    partition.add(esp, kit);
    long added = read();
    assertTrue(added - start < size + size / 4, () -> "new: " + (added - start) + " of " + size);
    partition.add(esp, kit);
    long again = read() - added;
    assertTrue(again > 2 * size, () -> "there: " + again + " of " + size);
    assertTrue(again < 2 * size + size / 4, () -> "there: " + again + " of " + size);
  }

  /** Changes one byte, behind what tells the kind of a loader. */
  private static Path damage(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length * 3 / 4] ^= 1;
    return Files.write(file, content);
  }

  @Test
  void damagedFilesAreReplaced() throws IOException {
    Bootkit kit = kit("1");
    partition.add(esp, kit);
    Map<String, String> whole = tree(esp);
    for (String name : whole.keySet()) {
      damage(esp.resolve(name));
      partition.add(esp, kit);
      assertEquals(whole, tree(esp), name);
    }
    partition.bless(esp, "1");
    damage(esp.resolve("EFI/Linux/mos-1.efi"));
    partition.add(esp, kit);
    assertEquals(whole, tree(esp), "it is tried anew");
  }

  @Test
  void aDamagedOneBesideAWholeOneOfTheSameIdGoes() throws IOException {
    Bootkit kit = kit("1");
    partition.add(esp, kit);
    partition.bless(esp, "1");
    Path whole = esp.resolve("EFI/Linux/mos-1.efi");
    damage(Files.copy(whole, whole.resolveSibling("mos-1+3.efi")));
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(whole, longAgo);
    partition.add(esp, kit);
    assertEquals(List.of("mos-1.efi"), names());
    assertEquals(longAgo, Files.getLastModifiedTime(whole));
  }

  @Test
  void otherContentOfTheSameIdReplacesIt() throws IOException {
    partition.add(esp, kit("1"));
    partition.bless(esp, "1");
    partition.add(esp, kit("1", "another", MARK));
    assertEquals(List.of("mos-1+3.efi"), names());
    assertTrue(Files.readString(partition.entries(esp).getFirst().file()).startsWith("another"));
    partition.add(esp, kit("1", "a third", MARK));
    assertEquals(List.of("mos-1+3.efi"), names());
    assertTrue(Files.readString(partition.entries(esp).getFirst().file()).startsWith("a third"));
  }

  @Test
  void blessedOneIsNoMoreCounted() throws IOException {
    partition.add(esp, kit("1"));
    Path linux = esp.resolve("EFI/Linux");
    Files.move(linux.resolve("mos-1+3.efi"), linux.resolve("mos-1+2-1.efi"));
    assertEquals(Optional.of(2), partition.entries(esp).getFirst().triesLeft());
    partition.bless(esp, "1");
    assertEquals(List.of("mos-1.efi"), names());
    fails(ErrorCode.NOT_FOUND, () -> partition.bless(esp, "2"));
  }

  @Test
  void onlySomeAreKeptAndTheSelectedOneMustBe() throws IOException {
    for (String id : List.of("1", "2", "3")) {
      partition.add(esp, kit(id));
    }
    partition.select(esp, "3");
    fails(ErrorCode.USAGE, () -> partition.keepOnly(esp, Set.of("1")));
    assertEquals(3, names().size());
    partition.keepOnly(esp, Set.of("2", "3"));
    assertEquals(List.of("mos-2+3.efi", "mos-3+3.efi"), names());
  }

  @Test
  void whatIsNotThereCannotBeSelected() throws IOException {
    fails(ErrorCode.NOT_FOUND, () -> partition.select(esp, "1"));
    partition.add(esp, kit("1.2"));
    partition.add(esp, kit("1"));
    partition.select(esp, "1.2");
    fails(ErrorCode.USAGE, () -> partition.select(esp, "1"));
  }

  @Test
  void lesson32FilesOfOthersAreLeftAlone() throws IOException {
    Map<String, String> others =
        Map.of(
            "EFI/Microsoft/Boot/bootmgfw.efi", "windows",
            "EFI/BOOT/shim.efi", "the original's",
            "EFI/BOOT/kernel.efi", "the original's",
            "EFI/Linux/mosaic.efi", "another's",
            "EFI/Linux/arch.efi", "another's",
            "loader/entries/arch.conf", "another's");
    for (Map.Entry<String, String> other : others.entrySet()) {
      Path file = esp.resolve(other.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, other.getValue());
    }
    partition.add(esp, kit("1"));
    partition.select(esp, "1");
    partition.add(esp, kit("2"));
    partition.select(esp, "2");
    partition.keepOnly(esp, Set.of("2"));
    Map<String, String> tree = tree(esp);
    assertTrue(tree.entrySet().containsAll(others.entrySet()), tree::toString);
    assertEquals(List.of("mos-2+3.efi"), names());
  }

  @Test
  void fallbackOfAnotherSystemIsNotReplaced() throws IOException {
    Path fallback = Files.createDirectories(esp.resolve("EFI/Boot")).resolve("bootx64.efi");
    Files.writeString(fallback, "another's");
    Map<String, String> before = tree(esp);
    MosException e = fails(ErrorCode.RESOURCE, () -> partition.add(esp, kit("1")));
    assertTrue(e.getMessage().contains("EFI/Boot/bootx64.efi"), e.getMessage());
    assertEquals(before, tree(esp));
    Files.writeString(fallback, MARK + " older");
    partition.add(esp, kit("1"));
    assertEquals(MARK + " of 1", Files.readString(fallback));
  }

  @Test
  void loaderThatIsNoSystemdBootIsOursBesideItsCopy() throws IOException {
    partition.add(esp, kit("1", "uki", "shim 1"));
    partition.add(esp, kit("2", "uki", "shim 2"));
    assertEquals("shim 2", Files.readString(esp.resolve("EFI/BOOT/BOOTX64.EFI")));
  }

  @Test
  void namesInAnyCaseAreTheSame() throws IOException {
    Path linux = Files.createDirectories(esp.resolve("efi/LINUX"));
    Files.createDirectory(esp.resolve("LOADER"));
    Files.writeString(linux.resolve("MOS-1+3.EFI"), "uki 1".repeat(1000));
    partition.add(esp, kit("1"));
    partition.select(esp, "1");
    assertEquals(List.of("MOS-1+3.EFI"), names());
    try (Stream<Path> children = Files.list(esp)) {
      assertEquals(
          List.of("LOADER", "efi"),
          children.map(child -> child.getFileName().toString()).sorted().toList());
    }
    assertEquals(Optional.of("1"), partition.selected(esp));
  }

  @Test
  void withoutRoomNothingChanges() throws IOException {
    LoopDisk.assume();
    Path small = Files.createDirectory(directory.toRealPath().resolve("small"));
    try (Mount.Context context = Mount.open("tmpfs");
        FileDescriptor mount = context.set("size", "64k").mount(false)) {
      Mount.attach(mount, small);
    }
    try {
      Path file = Files.createDirectories(small.resolve("EFI/Linux")).resolve("MOS-NEW.TMP");
      Files.writeString(file, "left over");
      Bootkit large = kit("1", "0123456789".repeat(10), MARK);
      MosException e = fails(ErrorCode.RESOURCE, () -> partition.add(small, large));
      assertTrue(
          e.getMessage().matches(".*has no room: [0-9]+ bytes are needed, [0-9]+ are free"),
          e.getMessage());
      assertEquals(List.of(), partition.entries(small));
      assertEquals(Map.of(), tree(small));
    } finally {
      Mount.unmount(small);
    }
  }

  @Test
  void absurdConfigurationIsRefused() throws IOException {
    Path file = Files.createDirectory(esp.resolve("loader")).resolve("loader.conf");
    Files.write(file, new byte[(64 << 10) + 1]);
    fails(ErrorCode.INVALID, () -> partition.selected(esp));
  }

  /** The power is cut before a step, or in the middle of it. */
  private static final class CutSteps extends FileSteps {
    private final boolean torn;
    private int left;

    CutSteps(int left, boolean torn) {
      this.left = left;
      this.torn = torn;
    }

    private boolean isCut() throws IOException {
      left--;
      if (left == 0 && !torn) {
        throw new IOException("power cut");
      }
      return left == 0;
    }

    private static void cut(boolean now) throws IOException {
      if (now) {
        throw new IOException("power cut");
      }
    }

    @Override
    void create(Path created) throws IOException {
      boolean now = isCut();
      super.create(created);
      cut(now);
    }

    @Override
    void write(Path file, InputStream content) throws IOException {
      boolean now = isCut();
      byte[] all = content.readAllBytes();
      super.write(file, new ByteArrayInputStream(now ? Arrays.copyOf(all, all.length / 2) : all));
      cut(now);
    }

    @Override
    void rename(Path file, Path name) throws IOException {
      boolean now = isCut();
      super.rename(file, name);
      cut(now);
    }

    @Override
    void replace(Path file, Path name) throws IOException {
      boolean now = isCut();
      super.replace(file, name);
      cut(now);
    }

    @Override
    void delete(Path file) throws IOException {
      boolean now = isCut();
      super.delete(file);
      cut(now);
    }
  }

  private static void update(BootPartition onto, Path place, Bootkit kit) {
    onto.add(place, kit);
    onto.select(place, kit.id());
    onto.keepOnly(place, Set.of(kit.id()));
    onto.bless(place, kit.id());
  }

  /** What firmware and loader would start: the content of the UKI. */
  private String started(Path place) throws IOException {
    String id = partition.selected(place).orElseThrow();
    BootPartition.Entry entry =
        partition.entries(place).stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow();
    return Files.readString(entry.file());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lesson32PowerCutLeavesTheOldOrTheNewOne(boolean torn) throws IOException {
    Bootkit first = kit("1");
    Bootkit second = kit("2");
    update(partition, esp, first);
    Path whole = copy("whole");
    update(partition, whole, second);
    Map<String, String> wanted = tree(whole);
    Set<String> loaders =
        Set.of(Files.readString(first.loader()), Files.readString(second.loader()));
    Set<String> ukis = Set.of(Files.readString(first.uki()), Files.readString(second.uki()));
    int cuts = 0;
    boolean cut = true;
    while (cut) {
      cuts++;
      Path place = copy("cut" + cuts);
      try {
        update(new SystemPartition(new CutSteps(cuts, torn), EfiVariables.here()), place, second);
        cut = false;
      } catch (MosException e) {
        assertTrue(e.getMessage().endsWith("power cut"), e.getMessage());
      }
      assertTrue(ukis.contains(started(place)), "cut " + cuts);
      assertTrue(loaders.contains(Files.readString(place.resolve("EFI/BOOT/BOOTX64.EFI"))));
      update(partition, place, second);
      assertEquals(wanted, tree(place), "after cut " + cuts);
    }
    assertTrue(cuts > 9, () -> "the power was never cut");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterAPowerCutWhileDamagedFilesAreReplacedTheNextRunReplacesThem(boolean torn)
      throws IOException {
    Bootkit kit = kit("1");
    update(partition, esp, kit);
    damage(esp.resolve("EFI/Linux/mos-1.efi"));
    damage(esp.resolve("EFI/systemd/systemd-bootx64.efi"));
    Path whole = copy("whole");
    partition.add(whole, kit);
    int cuts = 0;
    boolean cut = true;
    while (cut) {
      cuts++;
      Path place = copy("cut" + cuts);
      try {
        new SystemPartition(new CutSteps(cuts, torn), EfiVariables.here()).add(place, kit);
        cut = false;
      } catch (MosException e) {
        assertTrue(e.getMessage().endsWith("power cut"), e.getMessage());
      }
      partition.add(place, kit);
      assertEquals(tree(whole), tree(place), "after cut " + cuts);
    }
    assertTrue(cuts > 5, () -> "the power was never cut");
  }

  private Path copy(String name) throws IOException {
    Path copy = directory.resolve(name);
    try (Stream<Path> files = Files.walk(esp)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(esp.relativize(file).toString()));
      }
    }
    return copy;
  }

  @Test
  void fileTakesTheNameOfAnother() throws IOException {
    Path old = Files.writeString(esp.resolve("name"), "old");
    Path file = Files.writeString(esp.resolve("file"), "new");
    new FileSteps().replace(file, old);
    assertEquals("new", Files.readString(old));
    assertFalse(Files.exists(file));
  }
}
