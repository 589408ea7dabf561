package mos.plugin.atomfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import mos.linux.Command;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.event.EventSink;
import mos.spi.model.Digest;
import mos.spi.mount.LayerBuilder.BuiltLayer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerityLayerBuilderTest {
  @TempDir Path directory;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = tree("tree", false);
  }

  /** The same files, made in one order or the other. */
  private Path tree(String name, boolean backwards) throws IOException {
    Path made = Files.createDirectory(directory.resolve(name));
    Files.createDirectories(made.resolve("etc/empty"));
    for (int i = 0; i < 200; i++) {
      int n = backwards ? 199 - i : i;
      byte[] content = new byte[n * 97];
      new Random(n).nextBytes(content);
      Files.write(made.resolve("etc/file" + n), content);
    }
    Files.writeString(made.resolve("etc/large"), "a line that compresses\n".repeat(30_000));
    Files.createSymbolicLink(made.resolve("link"), Path.of("etc/file1"));
    Files.createLink(made.resolve("hard"), made.resolve("etc/file2"));
    return made;
  }

  @ParameterizedTest
  @CsvSource({
    "squashfs, application/vnd.stacker.image.layer.squashfs+zstd",
    "erofs, application/vnd.stacker.image.layer.erofs+lz4hc"
  })
  void aDirectoryBecomesALayerThatVerifies(String format, String mediaType) throws IOException {
    Path output = directory.resolve("layer");
    BuiltLayer layer = build(format, tree, output);
    assertEquals(mediaType, layer.mediaType());
    assertEquals(Files.size(output), layer.size());
    LayerVerity verity = verify(output, layer);
    assertEquals(format, verity.filesystem().type());
    long data = verity.tree().superblockOffset();
    VerityFixture.run(
        "veritysetup", "verify", "--hash-offset=" + data, output, output, layer.rootHash());
    assertEquals(
        List.of("layer", "tree"), names(directory), "nothing but the layer is left behind");
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void neitherTimeNorOrderLeaveATraceOfADirectory(String format) throws IOException {
    Path other = tree("other", true);
    Files.setLastModifiedTime(other.resolve("etc/file1"), FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(other, FileTime.fromMillis(2_000_000));
    assertSame(format, tree, other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void theSameTarFileGivesTheSameLayer(String format) throws Exception {
    requireRootForErofs(format);
    Path tar = directory.resolve("a.tar");
    VerityFixture.run("tar", "-C", tree, "-cf", tar, "etc", "link", "hard");
    Path copy = Files.copy(tar, directory.resolve("b.tar"));
    build(format, tar, directory.resolve("one"));
    Thread.sleep(1_100); // Times in these file systems have seconds: the next one is another.
    build(format, copy, directory.resolve("two"));
    assertEquals(-1, Files.mismatch(directory.resolve("one"), directory.resolve("two")));
  }

  @Test
  void theNumberOfProcessorsLeavesNoTrace() throws IOException {
    Path image = directory.resolve("one");
    build("squashfs", tree, image);
    List<String> arguments =
        new ArrayList<>(List.of(tree.toString(), directory.resolve("two").toString()));
    arguments.addAll(
        List.of("-quiet", "-no-progress", "-comp", "zstd", "-mkfs-time", "0", "-all-time", "0"));
    arguments.addAll(List.of("-processors", "1", "-all-root"));
    Command.of("squashfs-tools", "mksquashfs", arguments.toArray()).run();
    try (FileChannel channel = VerityFixture.open(directory.resolve("two"))) {
      VerityFormat.append(channel, "two");
    }
    assertEquals(-1, Files.mismatch(image, directory.resolve("two")));
  }

  @ParameterizedTest
  @CsvSource({"gz, squashfs", "zst, squashfs", "xz, squashfs", "gz, erofs"})
  void compressionOfTheTarFileMakesNoDifference(String suffix, String format) throws IOException {
    requireRootForErofs(format);
    Path tar = directory.resolve("a.tar");
    VerityFixture.run("tar", "-C", tree, "-cf", tar, ".");
    Path packed = directory.resolve("a.tar." + suffix);
    VerityFixture.run("tar", "-C", tree, "--auto-compress", "-cf", packed, ".");
    assertSame(format, tar, packed);
  }

  @Test
  void bothFormatsKeepWhatATarFileSays() throws IOException {
    Assumptions.assumeTrue(Caller.isRoot(), "needs root");
    Path tar =
        new TarFixture()
            .header(new TarHeader("./", 0711, 0, 0, 0, 5_000, '5'))
            .header(new TarHeader("./d", 0750, 12, 34, 0, 2_000, '5'))
            .entry("./d/f", '0', 04755, 3_000, "content")
            .entry("./implied/f", '0', 0600, 4_000, "content")
            .write(directory.resolve("a.tar"));
    for (String format : List.of("squashfs", "erofs")) {
      Path output = directory.resolve(format);
      build(format, tar, output);
      try (Mounted mounted = Mounted.loop(output, directory.resolve("mnt"))) {
        assertEquals("711 0 0 5000", stat(mounted.at()));
        assertEquals("750 12 34 2000", stat(mounted.at().resolve("d")));
        assertEquals("4755 12 34 3000", stat(mounted.at().resolve("d/f")));
        assertEquals("755 0 0 0", stat(mounted.at().resolve("implied")));
        assertEquals("content", Files.readString(mounted.at().resolve("implied/f")));
      }
    }
  }

  /** Mode, owner, group and time; mksquashfs sets the root's time to the newest one. */
  private static String stat(Path path) throws IOException {
    return VerityFixture.run("stat", "-c", "%a %u %g %Y", path).strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void whiteoutsHideWhatLowerLayersHave(String format) throws IOException {
    Assumptions.assumeTrue(Caller.isRoot(), "needs root");
    Path lower =
        new TarFixture()
            .file("gone", "lower")
            .file("replaced", "lower")
            .file("kept", "lower")
            .file("opaque/old", "lower")
            .file("implied/old", "lower")
            .file("both/old", "lower")
            .file("dir/gone", "lower")
            .file("dir/kept", "lower")
            .write(directory.resolve("lower.tar"));
    Path upper =
        new TarFixture()
            .file(".wh.gone", "")
            .file(".wh.replaced", "")
            .file("replaced", "upper")
            .directory("opaque/")
            .file("opaque/.wh..wh..opq", "")
            .file("opaque/new", "upper")
            .file("implied/.wh..wh..opq", "")
            .file(".wh.both", "")
            .directory("both")
            .file("both/new", "upper")
            .file("dir/.wh.gone", "")
            .write(directory.resolve("upper.tar"));
    build(format, lower, directory.resolve("lower"));
    build(format, upper, directory.resolve("upper"));
    try (Mounted below = Mounted.loop(directory.resolve("lower"), directory.resolve("l"));
        Mounted above = Mounted.loop(directory.resolve("upper"), directory.resolve("u"));
        Mounted both = Mounted.overlay(directory.resolve("o"), above.at() + ":" + below.at())) {
      assertEquals(
          List.of("both", "dir", "implied", "kept", "opaque", "replaced"), names(both.at()));
      assertEquals("upper", Files.readString(both.at().resolve("replaced")));
      assertEquals(List.of("new"), names(both.at().resolve("opaque")));
      assertEquals(List.of(), names(both.at().resolve("implied")));
      assertEquals(List.of("new"), names(both.at().resolve("both")));
      assertEquals(List.of("kept"), names(both.at().resolve("dir")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void ofSeveralEntriesWithOneNameTheLastCounts(String format) throws IOException {
    Assumptions.assumeTrue(Caller.isRoot(), "needs root");
    Path tar =
        new TarFixture().file("a", "first").file("./a", "second").write(directory.resolve("a.tar"));
    build(format, tar, directory.resolve("layer"));
    try (Mounted mounted = Mounted.loop(directory.resolve("layer"), directory.resolve("mnt"))) {
      assertEquals("second", Files.readString(mounted.at().resolve("a")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void aSymbolicLinkInATarFileLeadsNowhereOutside(String format) throws IOException {
    requireRootForErofs(format);
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path tar =
        new TarFixture()
            .extension('K', outside + "\0")
            .entry("a", '2', 0777, 0, "")
            .file("a/f", "x")
            .write(directory.resolve("a.tar"));
    MosException e =
        assertThrows(MosException.class, () -> build(format, tar, directory.resolve("layer")));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains("'a' has entries below it"), e.getMessage());
    assertEquals(List.of(), names(outside));
    assertEquals(List.of("a.tar", "outside", "tree"), names(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh..wh..opq", ".wh..wh.plnk", ".wh.", ".wh.x/y"})
  void aWhiteoutThatCannotBeConvertedIsRefused(String name) throws IOException {
    Path tar = new TarFixture().file(name, "").write(directory.resolve("a.tar"));
    MosException e =
        assertThrows(MosException.class, () -> build("squashfs", tar, directory.resolve("layer")));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void sourceDateEpochIsTheTimeOfADirectoryAndTheNewestOfATarFile(String format)
      throws IOException {
    Assumptions.assumeTrue(Caller.isRoot(), "needs root");
    Map<String, String> environment = Map.of("SOURCE_DATE_EPOCH", "2500");
    Path tar =
        new TarFixture()
            .entry("old", '0', 0644, 2_000, "x")
            .entry("new", '0', 0644, 3_000, "x")
            .write(directory.resolve("a.tar"));
    VerityLayerBuilder builder = new VerityLayerBuilder(environment);
    builder.build(format, tar, directory.resolve("t"), EventSink.NONE);
    builder.build(format, tree, directory.resolve("d"), EventSink.NONE);
    try (Mounted mounted = Mounted.loop(directory.resolve("t"), directory.resolve("mnt"))) {
      assertTrue(stat(mounted.at().resolve("old")).endsWith(" 2000"));
      assertTrue(stat(mounted.at().resolve("new")).endsWith(" 2500"));
    }
    try (Mounted mounted = Mounted.loop(directory.resolve("d"), directory.resolve("mnt2"))) {
      assertTrue(stat(mounted.at().resolve("etc/large")).endsWith(" 2500"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "-1", "99999999999", "4294967296"})
  void aSourceDateEpochThatIsNoPastTimeIsRefused(String value) {
    VerityLayerBuilder builder = new VerityLayerBuilder(Map.of("SOURCE_DATE_EPOCH", value));
    MosException e =
        assertThrows(
            MosException.class,
            () -> builder.build("squashfs", tree, directory.resolve("layer"), EventSink.NONE));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  @Test
  void anEntryFromTheFutureIsRefusedBecauseNoTwoBuildsWouldBeEqual() throws IOException {
    Path tar =
        new TarFixture()
            .entry("a", '0', 0644, 4_000_000_000L, "x")
            .write(directory.resolve("a.tar"));
    MosException e =
        assertThrows(MosException.class, () -> build("squashfs", tar, directory.resolve("layer")));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains("SOURCE_DATE_EPOCH"), e.getMessage());
  }

  @Test
  void whatIsNeitherDirectoryNorTarFileIsInvalidAndLeavesNothing() throws IOException {
    Path file = VerityFixture.randomBlocks(directory.resolve("random"), 2);
    MosException e =
        assertThrows(MosException.class, () -> build("squashfs", file, directory.resolve("layer")));
    assertEquals(ErrorCode.INVALID, e.code());
    assertEquals(List.of("random", "tree"), names(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1f8b0800", "28b52ffd00", "fd377a585a00"})
  void damagedCompressionIsAnErrorAndLeavesNothing(String hex) throws IOException {
    Path file = Files.write(directory.resolve("x"), HexFormat.of().parseHex(hex));
    assertThrows(MosException.class, () -> build("squashfs", file, directory.resolve("layer")));
    assertEquals(List.of("tree", "x"), names(directory));
  }

  @Test
  void aSourceThatDoesNotExistIsNotFound() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> build("squashfs", directory.resolve("none"), directory.resolve("layer")));
    assertEquals(ErrorCode.NOT_FOUND, e.code());
  }

  @Test
  void anOutputThatExistsIsNotReplaced() throws IOException {
    Path output = Files.writeString(directory.resolve("layer"), "precious");
    assertThrows(MosException.class, () -> build("squashfs", tree, output));
    assertEquals("precious", Files.readString(output));
  }

  @Test
  void aLayerIsNotWrittenIntoItsSource() {
    MosException e =
        assertThrows(MosException.class, () -> build("squashfs", tree, tree.resolve("etc/layer")));
    assertEquals(ErrorCode.INVALID, e.code());
    assertFalse(Files.exists(tree.resolve("etc/layer")));
  }

  private static void requireRootForErofs(String format) {
    Assumptions.assumeTrue(format.equals("squashfs") || Caller.isRoot(), "needs root");
  }

  private void assertSame(String format, Path one, Path two) throws IOException {
    BuiltLayer first = build(format, one, directory.resolve("one"));
    BuiltLayer second = build(format, two, directory.resolve("two"));
    assertEquals(first, second);
    assertEquals(-1, Files.mismatch(directory.resolve("one"), directory.resolve("two")));
  }

  private static BuiltLayer build(String format, Path source, Path output) {
    return new VerityLayerBuilder(Map.of()).build(format, source, output, EventSink.NONE);
  }

  private static LayerVerity verify(Path output, BuiltLayer layer) throws IOException {
    try (FileChannel channel = FileChannel.open(output)) {
      return VerityCheck.verify(channel, layer.rootHash(), new Digest("ab".repeat(32)));
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A mount that is gone at the end of the test. */
  private record Mounted(Path at) implements AutoCloseable {
    static Mounted loop(Path image, Path at) throws IOException {
      Files.createDirectories(at);
      VerityFixture.run("mount", "-o", "loop,ro", image, at);
      return new Mounted(at);
    }

    static Mounted overlay(Path at, String lower) throws IOException {
      Files.createDirectories(at);
      VerityFixture.run("mount", "-t", "overlay", "overlay", "-o", "lowerdir=" + lower, at);
      return new Mounted(at);
    }

    @Override
    public void close() throws IOException {
      VerityFixture.run("umount", at);
    }
  }
}
