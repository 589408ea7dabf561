package mos.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.unlock.Secret;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KeyringTest {
  private static final String NAME = "mos-test:" + ProcessHandle.current().pid();

  @BeforeEach
  void root() throws IOException {
    RootOnly.assume();
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/keys")), "needs a kernel with keyrings");
  }

  private static Secret secret() {
    return Secret.takeOver(new byte[] {1, 2, 3});
  }

  /** Whether the kernel lists the key of this test. */
  private static boolean isListed() throws IOException {
    return Files.readAllLines(Path.of("/proc/keys")).stream()
        .anyMatch(line -> line.contains(" logon ") && line.contains(NAME + ":"));
  }

  @Test
  void keyIsThereUntilItIsTakenOut() throws IOException {
    Keyring.Key key = Keyring.addLogon(NAME, secret());
    assertTrue(isListed());
    key.unlink();
    LinuxException e = assertThrows(LinuxException.class, key::unlink);
    assertFalse(e.getMessage().contains("\n"));
  }

  @Test
  void logonKeyWantsAPrefix() {
    LinuxException e =
        assertThrows(LinuxException.class, () -> Keyring.addLogon("mostest", secret()));
    assertEquals(LinuxException.EINVAL, e.errno());
    assertTrue(e.getMessage().contains("logon mostest to the user keyring"), e.getMessage());
  }
}
