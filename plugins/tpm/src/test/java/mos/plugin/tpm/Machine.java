package mos.plugin.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import mos.spi.model.Bytes;
import mos.spi.unlock.Provisioning;
import mos.spi.unlock.Secret;
import mos.spi.unlock.UnsealedKeys;

/** What a machine is provisioned with, and whether it comes back. */
record Machine(String luksKey, String sudiKey, String certificate) {
  /** One that differs from others with another letter; its key takes two indexes of swtpm. */
  static Machine of(char letter) {
    String text = String.valueOf(letter);
    return new Machine(text.repeat(32), (text + "k").repeat(1650), (text + "c").repeat(900));
  }

  Provisioning provisioning() {
    return new Provisioning(
        Authority.LUKS.publicKey(),
        Authority.ADMIN.publicKey(),
        Bytes.utf8(certificate),
        Secret.takeOver(sudiKey.getBytes(UTF_8)),
        Secret.takeOver(luksKey.getBytes(UTF_8)),
        3);
  }

  boolean is(UnsealedKeys keys) {
    return is(luksKey, keys.luksKey())
        && is(sudiKey, keys.sudiKey())
        && keys.sudiCertificate().equals(Bytes.utf8(certificate));
  }

  private static boolean is(String expected, Secret secret) {
    return secret.use(content -> Arrays.equals(content, expected.getBytes(UTF_8)));
  }
}
