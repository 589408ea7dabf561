package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import mos.plugin.uki.PortableExecutable.Section;
import mos.spi.MosException;
import mos.spi.boot.Bootkit;
import mos.spi.event.EventSink;
import mos.spi.model.Bytes;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediumUkiTest {
  private static final byte[] LINUX = random(40_000);
  private static final byte[] INITRD = random(50_001);
  private static final byte[] TOOLS = random(7_002);
  private static final String LINE = "root=soci:name=mosboot mos.bootkit=a1";

  @TempDir static Path keys;
  private static SigningKey key;

  @TempDir Path directory;
  private Path bootkit;
  private Path output;

  @BeforeAll
  static void makeKey() throws IOException {
    key = Tool.key(keys, "limited");
  }

  @BeforeEach
  void makeBootkit() throws IOException {
    bootkit = directory.resolve("bootkit");
    output = directory.resolve("medium.efi");
    for (String file : List.of(Bootkit.UKI, Bootkit.TOOLS)) {
      Files.createDirectories(bootkit.resolve(file).resolveSibling("."));
    }
    Files.write(bootkit.resolve(Bootkit.UKI), ExampleExecutable.uki(LINUX, INITRD, LINE));
    Files.write(bootkit.resolve(Bootkit.TOOLS), TOOLS);
    Authenticode.sign(bootkit.resolve(Bootkit.UKI), SigningIdentity.read(key));
  }

  @Test
  void hasAnotherCommandLineAndTheSameKernel() throws IOException {
    rework(List.of("root=soci:name=live", "console=ttyS0"), Map.of(), false);

    assertArrayEquals(LINUX, content(".linux"));
    assertArrayEquals(INITRD, Arrays.copyOf(content(".initrd"), INITRD.length));
    assertEquals(
        "root=soci:name=live console=ttyS0",
        new String(content(".cmdline"), StandardCharsets.US_ASCII));
  }

  @Test
  void theInitrdGoesOnWithTheToolsAndTheFilesEachAtAMultipleOfFour() throws IOException {
    Map<String, Bytes> files = Map.of("/mos/medium.json", Bytes.utf8("{}"));
    rework(List.of("quiet"), files, true);

    byte[] initrd = content(".initrd");
    assertArrayEquals(INITRD, Arrays.copyOf(initrd, INITRD.length));
    int tools = 50_004;
    assertArrayEquals(TOOLS, Arrays.copyOfRange(initrd, tools, tools + TOOLS.length));
    int archive = tools + 7_004;
    assertArrayEquals(CpioArchive.of(files), Arrays.copyOfRange(initrd, archive, initrd.length));
  }

  @Test
  void aLongCommandLineMovesWhatLiesBehindIt() throws IOException {
    rework(List.of("a".repeat(2047)), Map.of(), false);

    byte[] uki = Files.readAllBytes(output);
    List<Section> sections =
        PortableExecutable.parse(Arrays.copyOf(uki, 65_536), uki.length).sections();
    for (int i = 1; i < sections.size(); i++) {
      assertEquals(0, sections.get(i).virtualAddress() % 0x1000);
    }
    assertEquals(2047, content(".cmdline").length);
    assertArrayEquals(LINUX, content(".linux"));
    if (Files.isExecutable(Path.of("/usr/bin/objdump"))) {
      assertTrue(Tool.run("objdump", "-h", output.toString()).contains(".initrd"));
    }
  }

  @Test
  void isSignedByTheKeyThatIsGiven() throws IOException {
    Tool.assume("sbverify");
    rework(List.of("quiet"), Map.of("/x", Bytes.utf8("x")), true);

    Tool.run("sbverify", "--cert", key.certificate().toString(), output.toString());
  }

  @Test
  void theSameInputsGiveTheSameBytes() throws IOException {
    rework(List.of("quiet"), Map.of("/x", Bytes.utf8("x")), true);
    byte[] first = Files.readAllBytes(output);
    Files.delete(output);
    rework(List.of("quiet"), Map.of("/x", Bytes.utf8("x")), true);

    assertArrayEquals(first, Files.readAllBytes(output));
  }

  @Test
  void refusesWhatTheKernelWouldReadDifferently() {
    assertRefused("without spaces", () -> rework(List.of("a b"), Map.of(), false));
    assertRefused("without spaces", () -> rework(List.of("a\nb"), Map.of(), false));
    assertRefused("a kernel takes 2047", () -> rework(List.of("a".repeat(2048)), Map.of(), false));
    assertFalse(Files.exists(output));
  }

  @Test
  void refusesWhatIsNoBootkit() throws IOException {
    Files.delete(bootkit.resolve(Bootkit.TOOLS));
    assertRefused(
        "bootkit: has no media/tools.cpio.zst", () -> rework(List.of("quiet"), Map.of(), true));
    Files.writeString(bootkit.resolve(Bootkit.UKI), "not an executable");
    assertRefused("not an executable for UEFI", () -> rework(List.of("quiet"), Map.of(), false));
  }

  @Test
  void refusesAnExecutableThatIsNoUki() throws IOException {
    Files.write(bootkit.resolve(Bootkit.UKI), ExampleExecutable.of(Map.of(".text", new byte[100])));
    assertRefused("has no section .linux", () -> rework(List.of("quiet"), Map.of(), false));
  }

  private void rework(List<String> commandLine, Map<String, Bytes> files, boolean tools) {
    new UkiBootkitBuilder().rework(bootkit, commandLine, files, tools, key, output, EventSink.NONE);
  }

  private byte[] content(String section) throws IOException {
    byte[] uki = Files.readAllBytes(output);
    PortableExecutable.Extent extent =
        PortableExecutable.parse(Arrays.copyOf(uki, 65_536), uki.length)
            .section(section)
            .orElseThrow()
            .content();
    return Arrays.copyOfRange(uki, (int) extent.offset(), (int) extent.end());
  }

  private static void assertRefused(
      String reason, org.junit.jupiter.api.function.Executable executable) {
    MosException e = assertThrows(MosException.class, executable);
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
