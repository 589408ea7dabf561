package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EfiVariablesTest {
  @TempDir Path directory;

  private EfiVariables with(String name, UUID vendor, byte[] value) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(new byte[] {6, 0, 0, 0});
    content.write(value);
    Files.write(directory.resolve(name + "-" + vendor), content.toByteArray());
    return EfiVariables.in(directory);
  }

  @Test
  void machineWithoutThemHasNone() {
    EfiVariables none = EfiVariables.in(directory.resolve("nowhere"));
    assertFalse(none.isSecureBoot());
    assertEquals(Optional.empty(), none.read("StubInfo", EfiVariables.LOADER));
  }

  @Test
  void secureBootIsOnWhenTheFirmwareSaysOne() throws IOException {
    assertTrue(with("SecureBoot", EfiVariables.GLOBAL, new byte[] {1}).isSecureBoot());
    assertFalse(with("SecureBoot", EfiVariables.GLOBAL, new byte[] {0}).isSecureBoot());
    assertFalse(with("SecureBoot", EfiVariables.GLOBAL, new byte[] {1, 1}).isSecureBoot());
  }

  @Test
  void whatIsTooLargeIsInvalid() throws IOException {
    EfiVariables large = with("StubInfo", EfiVariables.LOADER, new byte[(64 << 10) + 1]);
    assertEquals(
        ErrorCode.INVALID,
        assertThrows(MosException.class, () -> large.read("StubInfo", EfiVariables.LOADER)).code());
  }
}
