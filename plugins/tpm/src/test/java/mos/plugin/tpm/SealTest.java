package mos.plugin.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.HexFormat;
import mos.spi.InvalidFieldException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicy;
import org.junit.jupiter.api.Test;

class SealTest {
  /** Whoever changes this closes the secrets of every machine: their approvals are others then. */
  @Test
  void whatIsSignedStaysWhatItWas() {
    Bytes approvable =
        new TpmKeyVaultProvider().approvable(new SealPolicy(new Digest("5a".repeat(32)), 7));
    assertEquals(
        "192e9d983812eba4e1e2a57d658349c33bad79fb97a7fe0e545a32c9b186e351",
        HexFormat.of().formatHex(approvable.toArray()));
    assertEquals(
        "000b55351f627fb9873fdae62b76c67d42458e0abc68d62a8f944d19ea7cf6f22d60",
        HexFormat.of().formatHex(Seal.version().written().name()));
  }

  @Test
  void anAuthorityIsAnRsaKeyThatATpmKnows() throws Exception {
    Bytes noKey = Bytes.utf8("no key");
    assertThrows(InvalidFieldException.class, () -> AuthorityKey.of("authority", noKey));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4));
    Bytes small = Bytes.copyOf(generator.generateKeyPair().getPublic().getEncoded());
    assertThrows(InvalidFieldException.class, () -> AuthorityKey.of("authority", small));
    generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F0));
    Bytes three = Bytes.copyOf(generator.generateKeyPair().getPublic().getEncoded());
    assertThrows(InvalidFieldException.class, () -> AuthorityKey.of("authority", three));
    KeyPairGenerator curves = KeyPairGenerator.getInstance("EC");
    Bytes curve = Bytes.copyOf(curves.generateKeyPair().getPublic().getEncoded());
    assertThrows(InvalidFieldException.class, () -> AuthorityKey.of("authority", curve));
  }
}
