package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.spi.MosException;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we sign, sbverify (package sbsigntool) accepts. */
class AuthenticodeTest {
  @TempDir static Path keys;
  private static SigningKey key;
  private static SigningKey other;

  @TempDir Path directory;
  private Path file;

  @BeforeAll
  static void makeKeys() throws IOException {
    Tool.assume("sbverify");
    key = Tool.key(keys, "ours");
    other = Tool.key(keys, "other");
  }

  @BeforeEach
  void makeExecutable() throws IOException {
    file = directory.resolve("example.efi");
    Files.write(file, ExampleExecutable.uki(new byte[30_001], new byte[70_003], "quiet"));
  }

  @Test
  void sbverifyAcceptsASignatureBySomeKeyAndNoOther() throws IOException {
    Authenticode.sign(file, SigningIdentity.read(key));

    assertTrue(verifies(key, file));
    assertFalse(verifies(other, file));
  }

  @Test
  void sbverifyRefusesAFileThatChangedSince() throws IOException {
    Authenticode.sign(file, SigningIdentity.read(key));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    assertFalse(verifies(key, file));
  }

  @Test
  void theSameInputsGiveTheSameBytesAlsoWhenSomethingWasSignedBefore() throws IOException {
    Path again = Files.copy(file, directory.resolve("again.efi"));
    Authenticode.sign(again, SigningIdentity.read(other));
    Authenticode.sign(again, SigningIdentity.read(key));
    Authenticode.sign(file, SigningIdentity.read(key));

    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    assertFalse(verifies(other, again));
  }

  @Test
  void systemdsLoaderIsSignedAsSbsignDoes() throws IOException {
    Path loader = Path.of("/usr/lib/systemd/boot/efi/systemd-bootx64.efi");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.exists(loader), "systemd-boot-efi is not installed");
    Path ours = Files.copy(loader, directory.resolve("ours.efi"));
    Authenticode.sign(ours, SigningIdentity.read(key));
    Path theirs = directory.resolve("theirs.efi");
    Tool.run(
        "sbsign",
        "--key",
        key.privateKey().toString(),
        "--cert",
        key.certificate().toString(),
        "--output",
        theirs.toString(),
        loader.toString());

    assertTrue(verifies(key, ours));
    // The same but for the signature, whose size is in the header too, and so in the checksum.
    byte[] expected = Files.readAllBytes(theirs);
    byte[] actual = Files.readAllBytes(ours);
    PortableExecutable executable =
        PortableExecutable.parse(java.util.Arrays.copyOf(actual, 65_536), actual.length);
    long signed = executable.signatures().orElseThrow().offset();
    for (byte[] bytes : new byte[][] {expected, actual}) {
      java.util.Arrays.fill(bytes, executable.checksum(), executable.checksum() + 4, (byte) 0);
      java.util.Arrays.fill(bytes, executable.security(), executable.security() + 8, (byte) 0);
    }
    assertArrayEquals(
        java.util.Arrays.copyOf(expected, (int) signed),
        java.util.Arrays.copyOf(actual, (int) signed));
  }

  @Test
  void aKeyMustFitItsCertificate() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> SigningIdentity.read(new SigningKey(key.privateKey(), other.certificate())));

    assertEquals(key.privateKey() + ": is not the key of " + other.certificate(), e.getMessage());
  }

  @Test
  void whatIsNoKeyIsRefusedWithoutItsContent() throws IOException {
    Path broken =
        Files.writeString(
            directory.resolve("key"),
            "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    MosException e =
        assertThrows(
            MosException.class,
            () -> SigningIdentity.read(new SigningKey(broken, key.certificate())));

    assertEquals(broken + ": is not an RSA key in PKCS#8 PEM", e.getMessage());
    assertEquals(null, e.getCause());
  }

  private static boolean verifies(SigningKey signer, Path signed) throws IOException {
    return Tool.succeeds("sbverify", "--cert", signer.certificate().toString(), signed.toString());
  }
}
