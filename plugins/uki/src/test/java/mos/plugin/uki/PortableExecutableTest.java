package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortableExecutableTest {
  private static final byte[] UKI =
      ExampleExecutable.uki(new byte[3000], new byte[5000], "root=soci:name=mosboot");

  @Test
  void findsSectionsByName() {
    PortableExecutable executable = PortableExecutable.parse(UKI, UKI.length);

    assertEquals(
        List.of(".text", ".osrel", ".cmdline", ".uname", ".linux", ".initrd"),
        executable.sections().stream().map(PortableExecutable.Section::name).toList());
    assertEquals(5000, executable.section(".initrd").orElseThrow().content().size());
    assertEquals(UKI.length, executable.sections().getLast().raw().end());
    assertTrue(executable.signatures().isEmpty());
    assertTrue(executable.section(".dtb").isEmpty());
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource({
    "0x00, 0x00, has no MZ header",
    "0x3f, 0x7f, has no place for a PE header",
    "0x3c, 0x81, has no PE header",
    "0x98, 0x0b, is not for 64 bits",
    "0x99, 0x01, is not for 64 bits",
    "0x87, 0x01, has 262 sections",
    "0x86, 0x00, has 0 sections",
    "0x95, 0xff, has sections beyond its headers",
    "0xd7, 0x7f, has sections beyond its headers",
    "0x104, 0x04, has no place for signatures",
    "0x105, 0x01, has no place for signatures",
    "0xbb, 0x7f, has sections at odd places",
    "0xbc, 0x03, has sections at odd places",
    "0x19c, 0x01, has a gap between its sections",
    "0x199, 0x04, has a gap between its sections",
    "0x1bd, 0x00, has sections that overlap in memory",
  })
  void refusesBrokenHeadersInWords(String offset, String value, String reason) {
    byte[] broken = UKI.clone();
    broken[Integer.decode(offset)] = (byte) (int) Integer.decode(value);

    if (reason.startsWith("is not for 64") && offset.equals("0x98")) {
      broken[0x99] = 1;
    }
    assertRefused(reason, broken, broken.length);
  }

  @Test
  void refusesAFileThatIsCutOff() {
    assertRefused("is cut off", UKI, UKI.length - 1);
    assertRefused("has no MZ header", new byte[0], 0);
    assertRefused("has no place for a PE header", Arrays.copyOf(UKI, 200), 200);
  }

  @Test
  void refusesSignaturesThatAreNotAtTheEnd() {
    byte[] broken = UKI.clone();
    ByteBuffer.wrap(broken)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x98 + 144, 512)
        .putInt(0x98 + 148, 8);

    assertRefused("signatures that are not at its end", broken, broken.length);
  }

  @Test
  void anyHeaderIsReadOrRefused() {
    Random random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      byte[] changed = Arrays.copyOf(UKI, 0x400);
      for (int j = random.nextInt(4); j >= 0; j--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        PortableExecutable executable = PortableExecutable.parse(changed, UKI.length);
        assertTrue(
            executable.sections().stream().allMatch(section -> section.raw().end() <= UKI.length));
        executable.pointsBehind(changed, 0);
      } catch (MosException e) {
        assertEquals(ErrorCode.INVALID, e.code());
      }
    }
  }

  private static void assertRefused(String reason, byte[] start, long size) {
    MosException e = assertThrows(MosException.class, () -> PortableExecutable.parse(start, size));
    assertEquals(ErrorCode.INVALID, e.code());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
