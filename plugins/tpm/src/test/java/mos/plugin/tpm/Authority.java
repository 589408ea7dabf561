package mos.plugin.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.unlock.SealPolicies;
import mos.spi.unlock.SealPolicy;
import mos.spi.unlock.SignedSealPolicy;

/** A policy authority, with both halves of its key. */
final class Authority {
  static final Authority LUKS = new Authority();
  static final Authority ADMIN = new Authority();
  static final Authority OTHER = new Authority();

  private final KeyPair keys;

  private Authority() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Bytes publicKey() {
    return Bytes.copyOf(keys.getPublic().getEncoded());
  }

  SignedSealPolicy approve(SealPolicy policy) {
    return new SignedSealPolicy(policy, sign(new TpmKeyVaultProvider().approvable(policy)));
  }

  Bytes sign(Bytes content) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(content.toArray());
      return Bytes.copyOf(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a UKI of that version carries which may be started as any of these. */
  SealPolicies policies(int version, int minimum, String... boots) {
    return new SealPolicies(
        publicKey(),
        version,
        minimum,
        Arrays.stream(boots).map(boot -> approve(new SealPolicy(pcr7(boot), version))).toList());
  }

  /** PCR 7 after {@link SoftwareTpm#boot}. */
  static Digest pcr7(String boot) {
    return Digest.finish(Crypto.sha256(new byte[32], Crypto.sha256(boot.getBytes(UTF_8))));
  }
}
