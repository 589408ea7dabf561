package mos.plugin.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.unlock.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuksRehearsalTest {
  @TempDir Path directory;

  /** What cryptsetup refuses is the key, not the header. */
  @Test
  void itGoesAsFarAsItSays() throws Exception {
    new LuksRehearsal().rehearse(directory);
    try (Secret key = Secret.takeOver(new byte[Cryptsetup.PASSPHRASE])) {
      MosException refused =
          assertThrows(
              MosException.class, () -> new LuksUnlocker().test(directory.resolve("volume"), key));
      assertEquals(ErrorCode.REFUSED, refused.code(), refused::getMessage);
    }
  }
}
