package mos.plugin.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.sign.ManifestSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSignerTest {
  private static final String PRODUCT = "2f7a3c1e-0c55-4c3f-9f6b-7f1f3ac1d2e4";
  private static final String SUBJECT = "/O=x/CN=manifest PRODUCT:" + PRODUCT;
  private static final String EXTENSIONS =
      "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=codeSigning\n";
  private static final String RSA = "RSA -pkeyopt rsa_keygen_bits:2048";
  private static final String P256 = "EC -pkeyopt ec_paramgen_curve:P-256";
  private static final Bytes DOCUMENT = Bytes.utf8("{\"version\":1}");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "RSA -pkeyopt rsa_keygen_bits:2048,sha256",
    "RSA -pkeyopt rsa_keygen_bits:4096,sha256",
    "EC -pkeyopt ec_paramgen_curve:P-256,sha256",
    "EC -pkeyopt ec_paramgen_curve:P-384,sha384"
  })
  void opensslDgstVerifiesWhatIsSigned(String algorithm, String hash) throws IOException {
    make(algorithm, SUBJECT, EXTENSIONS);

    write("signature", signer("any").sign(DOCUMENT));

    write("document", DOCUMENT);
    Tool.openssl(
        directory,
        "dgst",
        "-" + hash,
        "-prverify",
        "key.pem",
        "-signature",
        "signature",
        "document");
  }

  @Test
  void opensslPkeyutlVerifiesWhatEd25519Signs() throws IOException {
    make("ED25519", SUBJECT, EXTENSIONS);

    write("signature", signer("any").sign(DOCUMENT));

    write("document", DOCUMENT);
    Tool.openssl(
        directory,
        "pkeyutl",
        "-verify",
        "-rawin",
        "-inkey",
        "key.pem",
        "-sigfile",
        "signature",
        "-in",
        "document");
  }

  @ParameterizedTest
  @ValueSource(strings = {RSA, P256, "ED25519"})
  void signingTwiceGivesTheSameSignature(String algorithm) throws IOException {
    make(algorithm, SUBJECT, EXTENSIONS);

    assertEquals(signer("any").sign(DOCUMENT), signer("any").sign(DOCUMENT));
  }

  @Test
  void theCertificateIsHandedOnWithItsIntermediates() throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    String chain = Files.readString(directory.resolve("cert.pem")).repeat(2);
    write("cert.pem", Bytes.utf8(chain));

    assertEquals(chain, signer("any").certificate().text());
  }

  @Test
  void theProductGivenMustBeTheCertificatesOrAName() throws IOException {
    make(P256, SUBJECT, EXTENSIONS);

    ManifestSigner signer = signer("router");
    assertEquals(UUID.fromString(PRODUCT), signer.product());
    assertEquals(UUID.fromString(PRODUCT), signer.resolve("router"));
    assertEquals(UUID.fromString(PRODUCT), signer.resolve(PRODUCT));
    assertEquals(UUID.fromString(PRODUCT), signer(PRODUCT).resolve(PRODUCT));
    assertInvalid("is not the product", () -> signer.resolve("switch"));
    assertInvalid("is not the product", () -> signer(UUID.randomUUID().toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "'basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\nextendedKeyUsage=codeSigning',is a CA",
    "'extendedKeyUsage=codeSigning',no key usage digitalSignature",
    "'keyUsage=keyEncipherment\nextendedKeyUsage=codeSigning',no key usage digitalSignature",
    "'keyUsage=digitalSignature',no extended key usage codeSigning",
    "'keyUsage=digitalSignature\nextendedKeyUsage=serverAuth',no extended key usage codeSigning"
  })
  void certificatesThatHostsWouldRefuseAreRefused(String extensions, String reason)
      throws IOException {
    make(P256, SUBJECT, extensions);

    assertInvalid(reason, () -> signer("any"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/CN=router",
        "/CN=manifest PRODUCT:1-2-3-4-5",
        "/CN=x/CN=manifest PRODUCT:" + PRODUCT,
        "/CN=manifest PRODUCT:" + PRODUCT + "+O=x"
      })
  void certificatesWithoutOneProductAreRefused(String subject) throws IOException {
    make(P256, subject, EXTENSIONS);

    assertInvalid("names no product", () -> signer("any"));
  }

  @Test
  void expiredCertificatesAndThoseOfTheFutureAreRefused() throws IOException {
    make(P256, SUBJECT, EXTENSIONS);

    assertInvalid("expired at", () -> signer(Duration.ofDays(400)));
    assertInvalid("is not valid before", () -> signer(Duration.ofDays(-400)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA -pkeyopt rsa_keygen_bits:1024",
        "EC -pkeyopt ec_paramgen_curve:P-521",
        "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
        "ED448"
      })
  void keysThatHostsWouldRefuseAreRefused(String algorithm) throws IOException {
    make(algorithm, SUBJECT, EXTENSIONS);

    assertInvalid("of a kind that hosts do not accept", () -> signer("any"));
  }

  @ParameterizedTest
  @ValueSource(strings = {RSA, P256, "ED25519"})
  void aKeyThatDoesNotFitTheCertificateIsRefused(String algorithm) throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    makeKey(algorithm);

    assertInvalid("is not the key of", () -> signer("any"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rwx--x---"})
  void aKeyThatOthersCanReachIsRefused(String mode) throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    Files.setPosixFilePermissions(
        directory.resolve("key.pem"), PosixFilePermissions.fromString(mode));

    assertInvalid("is open to others", () -> signer("any"));
  }

  @Test
  void aKeyInAnotherFormSaysHowToConvertIt() throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    Tool.openssl(directory, "ec", "-in", "key.pem", "-out", "old.pem");
    Files.move(
        directory.resolve("old.pem"),
        directory.resolve("key.pem"),
        StandardCopyOption.REPLACE_EXISTING);

    assertInvalid("openssl pkcs8 -topk8", () -> signer("any"));
  }

  @Test
  void aDamagedKeyIsNotQuoted() throws IOException {
    make(RSA, SUBJECT, EXTENSIONS);
    String pem = Files.readString(directory.resolve("key.pem"));
    String body = pem.lines().skip(3).findFirst().orElseThrow();
    write("key.pem", Bytes.utf8(pem.replace(body, body.substring(0, 30))));

    MosException e = assertThrows(MosException.class, () -> signer("any"));

    assertEquals(ErrorCode.INVALID, e.code());
    assertFalse(e.getMessage().contains(body.substring(0, 8)), e.getMessage());
    assertNull(e.getCause());
  }

  @Test
  void missingFilesAreNotFound() throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    Files.delete(directory.resolve("key.pem"));

    MosException e = assertThrows(MosException.class, () -> signer("any"));

    assertEquals(ErrorCode.NOT_FOUND, e.code());
    assertTrue(e.getMessage().contains("key.pem"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "rubbish", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
  void rubbishIsNoCertificate(String pem) throws IOException {
    make(P256, SUBJECT, EXTENSIONS);
    write("cert.pem", Bytes.utf8(pem));

    assertInvalid("cert.pem: ", () -> signer("any"));
  }

  private void makeKey(String algorithm) throws IOException {
    String[] words = ("genpkey -out key.pem -algorithm " + algorithm).split(" ", -1);
    Tool.openssl(directory, words);
  }

  private void make(String algorithm, String subject, String extensions) throws IOException {
    makeKey(algorithm);
    Files.writeString(
        directory.resolve("cnf"), "[req]\ndistinguished_name=dn\n[dn]\n[x]\n" + extensions);
    Tool.openssl(
        directory,
        "req",
        "-new",
        "-x509",
        "-days",
        "100",
        "-config",
        "cnf",
        "-extensions",
        "x",
        "-key",
        "key.pem",
        "-out",
        "cert.pem",
        "-multivalue-rdn",
        "-subj",
        subject);
  }

  private ManifestSigner signer(String product) {
    return new FileKeysetProvider()
        .signer(directory.resolve("key.pem"), directory.resolve("cert.pem"), product);
  }

  private ManifestSigner signer(Duration offset) {
    return FileSigner.open(
        directory.resolve("key.pem"),
        directory.resolve("cert.pem"),
        name -> true,
        Clock.offset(Clock.systemUTC(), offset));
  }

  private void write(String file, Bytes content) throws IOException {
    Files.write(directory.resolve(file), content.toArray());
  }

  private static void assertInvalid(String reason, Executable executable) {
    MosException e = assertThrows(MosException.class, executable);
    assertEquals(ErrorCode.INVALID, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
