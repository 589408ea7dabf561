package mos.plugin.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.Keysets;
import mos.spi.sign.ManifestSigner;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Works on one keyset, because making one takes a second or two; no test changes what others see.
 */
class FileKeysetsTest {
  private static final UUID MACHINE = UUID.fromString("0b9a43c9-9bd9-4a86-a3a0-7c4d2f2a1f10");

  @TempDir static Path root;
  private static Path keyset;
  private static Keysets keysets;

  @BeforeAll
  static void makeKeyset() {
    keysets = new FileKeysets(root.resolve("deep/keys"), Clock.systemUTC());
    keysets.add("acme", "Acme, Inc");
    keyset = root.resolve("deep/keys/acme");
    keysets.addProject("acme", "router");
    keysets.addSudi("acme", "router", MACHINE);
  }

  @Test
  void aKeysetHasTheFilesOfTheReference() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String key :
        List.of("manifest-ca", "sudi-ca", "tpmpol-admin", "tpmpol-luks", "manifest/default")) {
      expected.addAll(List.of(key + "/privkey.pem", key + "/cert.pem"));
    }
    for (String key :
        List.of("uefi-pk", "uefi-kek", "uefi-db", "uki-production", "uki-limited", "uki-tpm")) {
      expected.addAll(List.of(key + "/privkey.pem", key + "/cert.pem", key + "/guid"));
    }
    expected.add("manifest/default/uuid");

    try (Stream<Path> files = Files.walk(keyset)) {
      Set<String> found =
          new TreeSet<>(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> keyset.relativize(file).toString())
                  .filter(file -> !file.startsWith("manifest/router"))
                  .toList());
      assertEquals(expected, found);
    }
    assertTrue(Files.isDirectory(keyset.resolve("manifest/default/sudi")));
  }

  @Test
  void onlyTheOwnerCanReachPrivateKeys() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("deep"))) {
      for (Path file : files.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (Files.isDirectory(file)) {
          assertEquals("rwx------", mode, file.toString());
        } else if (file.endsWith("privkey.pem")) {
          assertEquals("rw-------", mode, file.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest-ca", "sudi-ca"})
  void opensslAgreesThatTheAuthoritiesAreAuthorities(String key) throws IOException {
    String text = certificateText(key);

    assertTrue(text.contains("CA:TRUE"), text);
    assertTrue(text.contains("Certificate Sign"), text);
    assertTrue(text.contains("sha256WithRSAEncryption"), text);
    assertTrue(
        text.contains(
            "O = \"Acme, Inc\", CN = "
                + (key.equals("sudi-ca") ? "SUDI rootCA" : "Manifest rootCA")),
        text);
    Tool.openssl(keyset, "verify", "-x509_strict", "-CAfile", key + "/cert.pem", key + "/cert.pem");
  }

  @Test
  void opensslAcceptsTheManifestCertificateForSigningCode() throws IOException {
    UUID product = keysets.projects("acme").getLast().product();
    String text = certificateText("manifest/router");

    assertTrue(text.contains("CN = manifest PRODUCT:" + product), text);
    assertTrue(text.contains("O = \"Acme, Inc\""), text);
    assertTrue(text.contains("Digital Signature"), text);
    assertTrue(text.contains("Code Signing"), text);
    assertTrue(text.contains("CA:FALSE"), text);
    verify("manifest-ca", "manifest/router", "any");
  }

  @Test
  void opensslAcceptsTheHostCertificateForBothEndsOfTls() throws IOException {
    UUID product = keysets.projects("acme").getLast().product();
    String key = "manifest/router/sudi/" + MACHINE;
    String text = certificateText(key);

    assertTrue(text.contains("CN = " + MACHINE), text);
    assertTrue(text.contains("serialNumber = PID:" + product + " SN:" + MACHINE), text);
    assertTrue(text.contains("Not After : Dec 31 23:59:59 2099 GMT"), text);
    assertTrue(text.contains("TLS Web Server Authentication, TLS Web Client Authentication"), text);
    verify("sudi-ca", key, "sslserver");
    verify("sudi-ca", key, "sslclient");
  }

  @Test
  void theKeyExchangeKeyIsSignedByThePlatformKey() throws IOException {
    verify("uefi-pk", "uefi-kek", "any");
  }

  @Test
  void everyCertificateHasItsOwnKeyAndSerialNumber() throws IOException {
    Set<String> serials = new TreeSet<>();
    List<Keysets.KeyEntry> entries = keysets.show("acme");
    for (Keysets.KeyEntry entry : entries) {
      serials.add(
          Tool.openssl(keyset, "x509", "-in", entry.name() + "/cert.pem", "-serial", "-noout"));
      assertEquals(
          Tool.openssl(keyset, "x509", "-in", entry.name() + "/cert.pem", "-pubkey", "-noout"),
          Tool.openssl(keyset, "pkey", "-in", entry.name() + "/privkey.pem", "-pubout"));
    }
    assertEquals(entries.size(), serials.size());
  }

  @Test
  void privateKeysAreInPkcs8() throws IOException {
    String pem = Files.readString(keyset.resolve("manifest-ca/privkey.pem"));

    assertTrue(pem.startsWith("-----BEGIN PRIVATE KEY-----\n"));
    assertTrue(
        Tool.openssl(keyset, "pkey", "-in", "manifest-ca/privkey.pem", "-check", "-noout")
            .contains("Key is valid"));
  }

  @Test
  void opensslVerifiesWhatASignerSigns() throws IOException {
    ManifestSigner signer = keysets.signer("acme", "router");
    Path document = Files.writeString(root.resolve("document"), "{}");
    Files.write(root.resolve("signature"), signer.sign(Bytes.utf8("{}")).toArray());

    Tool.openssl(
        root,
        "x509",
        "-in",
        keyset.resolve("manifest/router/cert.pem").toString(),
        "-pubkey",
        "-noout",
        "-out",
        "public.pem");
    String answer =
        Tool.openssl(
            root,
            "dgst",
            "-sha256",
            "-verify",
            "public.pem",
            "-signature",
            "signature",
            document.toString());
    assertTrue(answer.contains("Verified OK"), answer);
  }

  @Test
  void showNamesEveryKeySortedWithItsFingerprint() throws IOException {
    List<Keysets.KeyEntry> entries = keysets.show("acme");

    assertEquals(
        List.of(
            "manifest-ca",
            "manifest/default",
            "manifest/router",
            "sudi-ca",
            "tpmpol-admin",
            "tpmpol-luks",
            "uefi-db",
            "uefi-kek",
            "uefi-pk",
            "uki-limited",
            "uki-production",
            "uki-tpm"),
        entries.stream().map(Keysets.KeyEntry::name).toList());
    String fingerprint =
        Tool.openssl(
            keyset, "x509", "-in", "manifest-ca/cert.pem", "-fingerprint", "-sha256", "-noout");
    assertEquals(
        entries.getFirst().sha256(),
        fingerprint
            .substring(fingerprint.indexOf('=') + 1)
            .strip()
            .replace(":", "")
            .toLowerCase(Locale.ROOT));
  }

  @Test
  void firmwareIsToldTheKeysInAFixedOrderWithTheirOwners() throws IOException {
    FirmwareKeys keys = keysets.firmware("acme");

    assertEquals(keyset.resolve("uefi-pk/cert.pem"), keys.platform().certificate());
    assertEquals(keyset.resolve("uefi-kek/cert.pem"), keys.exchange().certificate());
    List<String> allowed = List.of("uefi-db", "uki-production", "uki-limited", "uki-tpm");
    assertEquals(
        allowed.stream().map(key -> keyset.resolve(key).resolve("cert.pem")).toList(),
        keys.allowed().stream().map(FirmwareCertificate::certificate).toList());
    for (String key : allowed) {
      FirmwareCertificate certificate = keysets.firmwareCertificate("acme", key);
      assertTrue(keys.allowed().contains(certificate), key);
      assertEquals(
          Files.readString(keyset.resolve(key).resolve("guid")), certificate.owner() + "\n");
    }
  }

  @Test
  void keysThatFirmwareDoesNotKnowHaveNoOwner() {
    assertRefused(
        ErrorCode.INVALID,
        "firmware is not told about 'sudi-ca'",
        () -> keysets.firmwareCertificate("acme", "sudi-ca"));
    assertRefused(
        ErrorCode.INVALID,
        "firmware is not told",
        () -> keysets.firmwareCertificate("acme", "manifest/router"));
  }

  @Test
  void aSigningKeyIsTheFilesOfAKeyOrOfAProject() {
    assertEquals(
        new SigningKey(
            keyset.resolve("uki-limited/privkey.pem"), keyset.resolve("uki-limited/cert.pem")),
        keysets.signingKey("acme", "uki-limited"));
    assertEquals(
        keyset.resolve("manifest/router/privkey.pem"),
        keysets.signingKey("acme", "manifest/router").privateKey());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "../acme/uefi-db", "uki", "manifest", "manifest/..", "manifest/no"})
  void whatIsNoKeyIsNotFound(String key) {
    assertRefused(ErrorCode.NOT_FOUND, "no key", () -> keysets.signingKey("acme", key));
    assertRefused(ErrorCode.NOT_FOUND, "no key", () -> keysets.firmwareCertificate("acme", key));
    assertRefused(ErrorCode.NOT_FOUND, "no key", () -> keysets.publicKey("acme", key));
    assertRefused(
        ErrorCode.NOT_FOUND, "no key", () -> keysets.sign("acme", key, Bytes.utf8("text")));
  }

  @Test
  void opensslVerifiesWhatAKeySignsByItsPublicKey() throws IOException {
    Files.write(root.resolve("spki.der"), keysets.publicKey("acme", "tpmpol-luks").toArray());
    Files.writeString(root.resolve("policy"), "policy");
    Files.write(
        root.resolve("policy.sig"),
        keysets.sign("acme", "tpmpol-luks", Bytes.utf8("policy")).toArray());

    Tool.openssl(
        root, "pkey", "-pubin", "-inform", "DER", "-in", "spki.der", "-out", "spki.pem", "-pubout");
    String answer =
        Tool.openssl(
            root, "dgst", "-sha256", "-verify", "spki.pem", "-signature", "policy.sig", "policy");
    assertTrue(answer.contains("Verified OK"), answer);
    assertEquals(
        keysets.sign("acme", "tpmpol-luks", Bytes.utf8("policy")),
        keysets.sign("acme", "tpmpol-luks", Bytes.utf8("policy")));
  }

  @Test
  void listsWhatThereIs() {
    assertEquals(List.of("acme"), keysets.list());
    assertEquals(
        List.of("default", "router"),
        keysets.projects("acme").stream().map(Keysets.Project::name).toList());
    assertEquals(
        List.of(MACHINE),
        keysets.sudis("acme", "router").stream().map(Keysets.Sudi::machine).toList());
    assertEquals(List.of(), keysets.sudis("acme", "default"));
    assertEquals(List.of(), new FileKeysets(root.resolve("none"), Clock.systemUTC()).list());
  }

  @Test
  void productsAreResolvedByUuidAndByNameOfTheProject() {
    ManifestSigner signer = keysets.signer("acme", "router");

    assertEquals(signer.product(), signer.resolve("router"));
    assertEquals(signer.product(), signer.resolve(signer.product().toString()));
    assertRefused(ErrorCode.INVALID, "is not the product", () -> signer.resolve("default"));
    assertRefused(
        ErrorCode.INVALID,
        "is not the product",
        () -> signer.resolve(UUID.randomUUID().toString()));
  }

  @Test
  void whatExistsIsNotMadeAgain() throws IOException {
    String before = Files.readString(keyset.resolve("manifest-ca/privkey.pem"));

    assertRefused(ErrorCode.USAGE, "exists already", () -> keysets.add("acme", ""));
    assertRefused(ErrorCode.USAGE, "exists already", () -> keysets.addProject("acme", "router"));
    assertRefused(
        ErrorCode.USAGE, "exists already", () -> keysets.addSudi("acme", "router", MACHINE));
    assertEquals(before, Files.readString(keyset.resolve("manifest-ca/privkey.pem")));
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    assertRefused(ErrorCode.NOT_FOUND, "no keyset 'none'", () -> keysets.show("none"));
    assertRefused(ErrorCode.NOT_FOUND, "no keyset 'none'", () -> keysets.addProject("none", "p"));
    assertRefused(ErrorCode.NOT_FOUND, "no project 'none'", () -> keysets.signer("acme", "none"));
    assertRefused(
        ErrorCode.NOT_FOUND, "no project 'none'", () -> keysets.addSudi("acme", "none", MACHINE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", ".hidden", "a b", "-x", "a\nb"})
  void namesThatAreNoNamesAreRefused(String name) {
    assertRefused(ErrorCode.INVALID, "is not a name", () -> keysets.add(name, ""));
    assertRefused(ErrorCode.INVALID, "is not a name", () -> keysets.addProject("acme", name));
    assertRefused(ErrorCode.INVALID, "is not a name", () -> keysets.signer("acme", name));
  }

  @Test
  void aProjectCannotBeNamedLikeAProduct() {
    assertRefused(
        ErrorCode.INVALID, "is a uuid", () -> keysets.addProject("acme", MACHINE.toString()));
  }

  @Test
  void whatAnInterruptedAddLeftIsNotListedAndGoesWithTheNext(@TempDir Path other)
      throws IOException {
    Path leftover = Files.createDirectories(other.resolve(".new-half/manifest"));
    Files.writeString(leftover.resolve("privkey.pem"), "half");
    Keysets keysets = new FileKeysets(other, Clock.systemUTC());

    assertEquals(List.of(), keysets.list());
    keysets.add("whole", "");
    assertFalse(Files.exists(other.resolve(".new-half")));
    assertEquals(List.of("whole"), keysets.list());
  }

  @Test
  void anAddThatFailsLeavesNothing(@TempDir Path other) throws IOException {
    Path target = other.resolve("keyset");

    assertThrows(
        IOException.class,
        () -> {
          try (StagedDirectory staged = StagedDirectory.begin(other, target)) {
            PrivateFiles.secret(staged.path().resolve("privkey.pem"), "secret");
            throw new IOException("disk full");
          }
        });

    try (Stream<Path> files = Files.list(other)) {
      assertEquals(List.of(other.resolve(".lock")), files.toList());
    }
  }

  @Test
  void twoAddsAtOnceInOneProcessAreRefused(@TempDir Path other) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                other.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assertTrue(lock.isValid());
      assertRefused(
          ErrorCode.BUSY,
          "changing it already",
          () -> new FileKeysets(other, Clock.systemUTC()).add("x", ""));
    }
  }

  private static String certificateText(String key) throws IOException {
    return Tool.openssl(keyset, "x509", "-in", key + "/cert.pem", "-text", "-noout");
  }

  private static void verify(String authority, String key, String purpose) throws IOException {
    Tool.openssl(
        keyset,
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-CAfile",
        authority + "/cert.pem",
        key + "/cert.pem");
  }

  private static void assertRefused(ErrorCode code, String reason, Executable executable) {
    MosException e = assertThrows(MosException.class, executable);
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
