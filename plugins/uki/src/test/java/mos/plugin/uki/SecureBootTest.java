package mos.plugin.uki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import mos.spi.boot.BootkitBuilder.Enrollment;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The expected digests were computed by a Python program from the specifications. */
class SecureBootTest {
  private static final FirmwareCertificate A =
      certificate("a", "00000000-0000-4000-8000-00000000000a");
  private static final FirmwareCertificate B =
      certificate("b", "12345678-9abc-4def-8123-456789abcdef");
  private static final FirmwareKeys KEYS =
      new FirmwareKeys(
          certificate("pk", "00000000-0000-4000-8000-000000000001"),
          certificate("kek", "00000000-0000-4000-8000-000000000002"),
          List.of(A, B));

  @TempDir Path directory;

  @Test
  void pcr7DependsOnWhoSignedWhatWasStartedAndInWhichOrder() {
    assertEquals(
        "fcffb6889dce029b52a82a2b275e82062b50ebde2fd02d65ca7311396303e2e9",
        SecureBoot.pcr7(KEYS, List.of(A, B)).hex());
    assertEquals(
        "fdec4d30cf939ea895b882b4396d21e121fc4958e789442f02f3e1d5f501aa24",
        SecureBoot.pcr7(KEYS, List.of(B, A)).hex());
    assertEquals(
        "91f5529c2f67a86ed5e8cd23b7a60ba4eed89abe07d1dd074b03f0240713624c",
        SecureBoot.pcr7(KEYS, List.of()).hex());
  }

  @Test
  void aSignerIsMeasuredOnce() {
    assertEquals(
        "2130e9687155038a9d3613dba9f7e0285f340f159bd2d0a44ab4edd2eddda795",
        SecureBoot.pcr7(KEYS, List.of(A, A)).hex());
  }

  @Test
  void listsHoldTheCertificatesInOrder() throws IOException {
    Enrollment enrollment = enrollment();

    SecureBoot.write(enrollment, directory);
    assertEquals(
        "ab39c4fdf1018f0cee3df0e7c606fac450991043434bb993943102a98ee40204",
        Digest.of(Files.readAllBytes(directory.resolve("db.esl"))).hex());
  }

  @Test
  void opensslVerifiesTheUpdatesByThePlatformAndTheExchangeKey() throws IOException {
    Enrollment enrollment = enrollment();
    SecureBoot.write(enrollment, directory);

    verify("PK", "8be4df61-93ca-11d2-aa0d-00e098032b8c", enrollment.platformKey());
    verify("KEK", "8be4df61-93ca-11d2-aa0d-00e098032b8c", enrollment.platformKey());
    verify("db", "d719b2cb-3d3a-4596-a3bc-dad00e67656f", enrollment.exchangeKey());
  }

  @Test
  void theSameKeysGiveTheSameUpdates() throws IOException {
    Enrollment enrollment = enrollment();
    SecureBoot.write(enrollment, directory.resolve("1"));
    SecureBoot.write(enrollment, directory.resolve("2"));

    for (String name : List.of("PK.auth", "KEK.auth", "db.auth", "PK.esl", "KEK.esl", "db.esl")) {
      assertArrayEquals(
          Files.readAllBytes(directory.resolve("1").resolve(name)),
          Files.readAllBytes(directory.resolve("2").resolve(name)));
    }
  }

  /** Takes an update apart as UEFI 2.10, 8.2.2 says. */
  private void verify(String name, String vendor, SigningKey signer) throws IOException {
    byte[] update = Files.readAllBytes(directory.resolve(name + ".auth"));
    byte[] list = Files.readAllBytes(directory.resolve(name + ".esl"));
    ByteBuffer bytes = ByteBuffer.wrap(update).order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.getInt(16);
    assertEquals(update.length, 16 + length + list.length);
    assertEquals(0x0200, bytes.getShort(20));
    assertEquals(0x0ef1, bytes.getShort(22));
    // 4aafd29d-68df-49ee-8aa9-347d375665a7
    assertEquals("9dd2af4adf68ee498aa9347d375665a7", HexFormat.of().formatHex(update, 24, 40));
    assertArrayEquals(list, Arrays.copyOfRange(update, 16 + length, update.length));
    byte[] signature = Arrays.copyOfRange(update, 40, 16 + length);

    ByteBuffer signed =
        ByteBuffer.allocate(name.length() * 2 + 16 + 4 + 16 + list.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    signed.put(name.getBytes(StandardCharsets.UTF_16LE));
    UUID guid = UUID.fromString(vendor);
    signed.putInt((int) (guid.getMostSignificantBits() >>> 32));
    signed.putShort((short) (guid.getMostSignificantBits() >>> 16));
    signed.putShort((short) guid.getMostSignificantBits());
    signed.putLong(Long.reverseBytes(guid.getLeastSignificantBits()));
    signed.putInt(0x27).put(update, 0, 16).put(list);
    Files.write(directory.resolve("signed"), signed.array());
    Files.write(directory.resolve("signature"), contentInfo(signature));
    String answer =
        Tool.run(
            "openssl",
            "smime",
            "-verify",
            "-noverify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            directory.resolve("signature").toString(),
            "-content",
            directory.resolve("signed").toString(),
            "-nointern",
            "-certfile",
            signer.certificate().toString(),
            "-out",
            "/dev/null");
    assertTrue(answer.contains("Verification successful"), answer);
  }

  /** What openssl wants around SignedData. */
  private static byte[] contentInfo(byte[] signedData) {
    byte[] type = HexFormat.of().parseHex("06092a864886f70d010702");
    int outer = type.length + 4 + signedData.length;
    return ByteBuffer.allocate(4 + outer)
        .putShort((short) 0x3082)
        .putShort((short) outer)
        .put(type)
        .putShort((short) 0xa082)
        .putShort((short) signedData.length)
        .put(signedData)
        .array();
  }

  private Enrollment enrollment() throws IOException {
    return new Enrollment(
        KEYS,
        Tool.key(directory.resolve("keys"), "platform"),
        Tool.key(directory.resolve("keys"), "exchange"));
  }

  private static FirmwareCertificate certificate(String name, String owner) {
    try {
      return new FirmwareCertificate(
          UUID.fromString(owner),
          Path.of(SecureBootTest.class.getResource("keys/" + name + ".pem").toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
