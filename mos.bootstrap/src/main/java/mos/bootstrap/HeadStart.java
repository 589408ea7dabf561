package mos.bootstrap;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import mos.linux.SystemCalls;

/**
 * Initialises, on other threads, the parts of the platform that a command meets after its options
 * and plugins: they take a third of a boot's time, and a machine that boots has an idle processor.
 * Nothing is decided or kept here, and without it a command does the same, only later; so what
 * fails here is left to whoever needs it in earnest.
 */
final class HeadStart {
  /** Any modulus that {@link KeyFactory} takes for that of a public key: 1024 bits, odd. */
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(1023).setBit(0);

  private HeadStart() {}

  /** Something that is initialised. */
  @FunctionalInterface
  interface Part {
    /** Initialises it. */
    void run() throws GeneralSecurityException;
  }

  /** Begins; returns at once. */
  static void begin() {
    for (Part part : List.<Part>of(HeadStart::system, HeadStart::trust)) {
      Thread.ofPlatform().daemon().name("head-start").start(() -> quietly(part));
    }
  }

  private static void quietly(Part part) {
    try {
      part.run();
    } catch (GeneralSecurityException | LinkageError e) {
      // Whoever needs it in earnest gets the same error and says what it was for.
    }
  }

  /** System calls; and BigDecimal, for a JSON parser, which computes large powers of five first. */
  static void system() {
    SystemCalls.load();
    var _ = BigDecimal.valueOf(1);
  }

  /** Digests, certificates and RSA signatures: providers, object identifiers, key factories. */
  static void trust() throws GeneralSecurityException {
    MessageDigest.getInstance("SHA-1");
    MessageDigest.getInstance("SHA-256");
    CertificateFactory.getInstance("X.509");
    KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(MODULUS, BigInteger.valueOf(65537)));
    Signature.getInstance("SHA256withRSA");
    var _ = new X500Principal("CN=mos").hashCode();
  }
}
