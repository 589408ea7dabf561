package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The numbers are those of linux/dm-ioctl.h as a C compiler on x86_64 and aarch64 lays it out. */
final class DeviceMapperRequestTest {
  private static ByteBuffer fields(DeviceMapperRequest request) {
    return ByteBuffer.wrap(request.bytes()).order(ByteOrder.nativeOrder());
  }

  private static String text(DeviceMapperRequest request, int from, int size) {
    return new String(
            Arrays.copyOfRange(request.bytes(), from, from + size), StandardCharsets.US_ASCII)
        .replace("\0", "");
  }

  @Test
  void headerHasVersionSizeStartFlagsAndName() {
    DeviceMapperRequest request =
        new DeviceMapperRequest("abc-verity", DeviceMapperRequest.DEFERRED_REMOVE);
    ByteBuffer fields = fields(request);
    assertEquals(4, fields.getInt(0));
    assertEquals(0, fields.getInt(4));
    assertEquals(request.bytes().length, fields.getInt(12));
    assertEquals(312, fields.getInt(16));
    assertEquals(0x20000, fields.getInt(28));
    assertEquals("abc-verity", text(request, 48, 128));
  }

  @Test
  void tableIsOneTargetFromTheFirstSector() {
    DeviceMapperRequest request =
        new DeviceMapperRequest("n", DeviceMapperRequest.READ_ONLY)
            .table(8L << 32, "verity", "1 /dev/loop0 x");
    ByteBuffer fields = fields(request);
    assertEquals(1, fields.getInt(20));
    assertEquals(0L, fields.getLong(312));
    assertEquals(8L << 32, fields.getLong(320));
    assertEquals("verity", text(request, 336, 16));
    assertEquals("1 /dev/loop0 x", text(request, 352, 64));
  }

  @Test
  void callsHaveTheNumbersOfTheHeaderFile() {
    assertEquals(0xC138FD03L, DeviceMapperRequest.number(3));
    assertEquals(0xC138FD11L, DeviceMapperRequest.number(17));
  }

  @Test
  void minorNumberOfTheAnswerMayHaveTwentyBits() {
    DeviceMapperRequest request = new DeviceMapperRequest("n", 0);
    fields(request).putLong(40, 0x1230_fd45L);
    assertEquals(0x12345, request.minor());
  }

  @Test
  void parametersOfTheAnswerEndAtTheirZero() {
    DeviceMapperRequest request = new DeviceMapperRequest("n", 0).table(8, "verity", "V");
    assertEquals("V", request.parameters());
  }

  @Test
  void deviceWithoutActiveTableHasNoParameters() {
    assertEquals("", new DeviceMapperRequest("n", 0).parameters());
  }

  @Test
  void nameThatDoesNotFitIsRefused() {
    new DeviceMapperRequest("x".repeat(127), 0);
    assertThrows(IllegalArgumentException.class, () -> new DeviceMapperRequest("x".repeat(128), 0));
  }
}
