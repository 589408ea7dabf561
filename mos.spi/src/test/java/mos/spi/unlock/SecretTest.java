package mos.spi.unlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SecretTest {
  /** A changed derivation would close every machine's disk. */
  @Test
  void whatIsDerivedIsTheHmacOfThePurpose() {
    try (Secret key = Secret.takeOver(new byte[32]);
        Secret volume = key.derive("mos volume machine-config")) {
      assertEquals(
          "7cbd604cb30cef97899b253afccca450277de6144c185e18e84fd2c7e57f672b",
          volume.use(bytes -> HexFormat.of().formatHex(bytes)));
    }
  }

  @Test
  void closingOverwritesIt() {
    byte[] content = {1, 2, 3};
    Secret secret = Secret.takeOver(content);
    secret.close();
    assertEquals(0, content[0] + content[1] + content[2]);
    assertThrows(IllegalStateException.class, () -> secret.derive("anything"));
    assertThrows(IllegalStateException.class, () -> secret.use(bytes -> bytes.length));
  }
}
