package mos.plugin.tpm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;

class CryptoTest {
  @Test
  void saltsAreDecryptedByTheJdk() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    byte[] modulus =
        Crypto.unsigned(((RSAPublicKey) keys.getPublic()).getModulus().toByteArray(), 256);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        keys.getPrivate(),
        new OAEPParameterSpec(
            "SHA-256",
            "MGF1",
            MGF1ParameterSpec.SHA256,
            new PSource.PSpecified("SECRET\0".getBytes(US_ASCII))));
    for (int i = 0; i < 20; i++) {
      byte[] salt = Crypto.random(32);
      assertArrayEquals(salt, cipher.doFinal(Crypto.oaep(modulus, salt)));
    }
  }

  @Test
  void aPasswordEndsWithNoZero() {
    for (int i = 0; i < 2000; i++) {
      byte[] password = Crypto.randomPassword();
      assertEquals(32, password.length);
      assertEquals(true, password[31] != 0);
    }
  }
}
