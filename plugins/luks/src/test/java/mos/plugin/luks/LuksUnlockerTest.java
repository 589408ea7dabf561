package mos.plugin.luks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.formats.LuksMetadataFormat;
import mos.linux.Command;
import mos.linux.FileDescriptor;
import mos.spi.ErrorCode;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.unlock.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the real cryptsetup, on plain files; a volume is really opened only in a VM. */
class LuksUnlockerTest {
  @TempDir Path directory;

  private Volume volume() throws IOException {
    return Volume.create(directory.resolve("volume"), 7);
  }

  private static MosException refused(Volume volume) {
    MosException e = assertThrows(MosException.class, volume::test);
    assertEquals(ErrorCode.REFUSED, e.code(), e.getMessage());
    return e;
  }

  @Test
  void formattedVolumeIsOpenedByItsKey() throws IOException {
    Volume volume = volume();
    volume.test();
  }

  @Test
  void emptyOrTinyDeviceIsNoVolume() throws IOException {
    Path tiny = Files.write(directory.resolve("tiny"), new byte[3]);
    try (Secret key = Secret.takeOver(new byte[32])) {
      MosException e =
          assertThrows(MosException.class, () -> new LuksUnlocker().unlock(tiny, "x", key));
      assertEquals(ErrorCode.NOT_FOUND, e.code());
    }
  }

  @Test
  void anotherKeyIsRefused() throws IOException {
    Volume volume = volume();
    MosException e = refused(new Volume(volume.file(), Bytes.copyOf(new byte[32])));
    assertTrue(e.getMessage().endsWith("the key does not open it"), e.getMessage());
  }

  @Test
  void cryptsetupWritesWhatWeWrite() throws IOException {
    String json = volume().json();
    assertEquals(json, LuksMetadataFormat.write(LuksMetadataFormat.parse(Bytes.utf8(json))).text());
  }

  @Test
  void deviceOfOddSizeGetsSmallSectors() throws IOException {
    Path file = directory.resolve("odd");
    try (var channel = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      channel.setLength((20 << 20) + 512);
    }
    try (Secret key = Secret.takeOver(new byte[32])) {
      new LuksUnlocker().format(file, key);
    }
    assertTrue(new Volume(file, Bytes.copyOf(new byte[32])).json().contains("\"sector_size\":512"));
  }

  /** Trail of Bits, 2025: what a header can be changed to so that nothing is encrypted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"key_size\":64},\"kdf\"|\"key_size\":32},\"kdf\"|keyslots.0.area.key_size",
        "258048\",\"encryption\":\"aes-xts-plain64|258048\",\"encryption\":\"cipher_null-ecb|keyslots.0.area.encryption",
        "\"iv_tweak\":\"0\",\"encryption\":\"aes-xts-plain64|\"iv_tweak\":\"0\",\"encryption\":\"cipher_null-ecb|segments.0.encryption",
        "\"type\":\"crypt\"|\"type\":\"linear\"|segments.0.type",
        "\"segments\":{|\"segments\":{\"1\":{\"type\":\"linear\",\"offset\":\"16777216\",\"size\":\"dynamic\"},|segments.1",
        "\"offset\":\"16777216\"|\"offset\":\"20971520\"|segments.0.offset",
        "\"iv_tweak\":\"0\"|\"iv_tweak\":\"8\"|segments.0.iv_tweak",
        "\"sector_size\":4096|\"sector_size\":4096,\"integrity\":{\"type\":\"none\"}|segments.0.integrity",
        "\"sector_size\":4096|\"sector_size\":1024|segments.0.sector_size",
        "\"tokens\":{}|\"tokens\":{\"0\":{\"type\":\"luks2-keyring\",\"keyslots\":[\"0\"],\"key_description\":\"x\"}}|tokens.0",
        "\"config\":{|\"config\":{\"requirements\":{\"mandatory\":[\"online-reencrypt\"]},|config.requirements",
        "\"config\":{|\"config\":{\"flags\":[\"allow-discards\"],|config.flags",
        "\"keyslots\":{|\"keyslots\":{\"1\":{\"type\":\"reencrypt\"},|keyslots.1",
        "\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":1000|\"type\":\"pbkdf2\",\"hash\":\"crc32\",\"iterations\":1000|keyslots.0.kdf.hash",
        "\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":1000|\"type\":\"argon2id\",\"hash\":\"sha256\",\"iterations\":1000|keyslots.0.kdf.type",
        "\"iterations\":1000|\"iterations\":2147483647|keyslots.0.kdf.iterations",
        "\"keyslots\":[\"0\"]|\"keyslots\":[]|digests.0.keyslots",
        "\"stripes\":4000|\"stripes\":1|keyslots.0.af.stripes",
        "{\"keyslots\"|{\"tokens\":{},\"keyslots\"|tokens: stands twice",
      })
  void headerThatAsksForAnythingElseIsRefused(String is, String becomes, String field)
      throws IOException {
    Volume volume = volume();
    volume.tamper(
        json -> {
          assertTrue(json.contains(is), json);
          return json.replaceFirst(
              java.util.regex.Pattern.quote(is), java.util.regex.Matcher.quoteReplacement(becomes));
        });
    MosException e = refused(volume);
    assertTrue(e.getMessage().contains(": " + field), e.getMessage());
  }

  @Test
  void keyslotOfAnotherVolumeIsRefused() throws IOException {
    Volume volume = volume();
    Volume other = Volume.create(directory.resolve("other"), 8);
    volume.write(32768, other.read(32768, 258048));
    refused(volume);
  }

  @Test
  void headerOfAnotherVolumeIsRefused() throws IOException {
    Volume volume = volume();
    Volume other = Volume.create(directory.resolve("other"), 8);
    volume.write(0, other.read(0, 16 << 20));
    refused(volume);
  }

  @Test
  void otherVersionsAndChecksumsAreRefused() throws IOException {
    Volume volume = volume();
    byte[] second = volume.read(16384, 16384);
    volume.write(16384, new byte[16384]);
    volume.tamperBinary(6, (byte) 0, (byte) 1);
    refused(volume);
    volume.tamperBinary(6, (byte) 0, (byte) 2);
    volume.test();
    volume.tamperBinary(72, "sha1\0\0".getBytes(StandardCharsets.US_ASCII));
    refused(volume);
    volume.write(16384, second);
    volume.test();
  }

  @Test
  void damagedHeaderIsReplacedByTheSecond() throws IOException {
    Volume volume = volume();
    volume.write(4100, new byte[] {'!'});
    volume.test();
    volume.write(0, new byte[4096]);
    volume.test();
    volume.write(16384 + 4100, new byte[] {'!'});
    refused(volume);
  }

  @Test
  void cryptsetupSeesOnlyWhatWasChecked() throws IOException {
    Volume volume = volume();
    // A third header where cryptsetup looks for one, when the first two are no good.
    volume.write(0x40000 * 2, volume.read(16384, 16384));
    try (FileDescriptor copy = LuksHeader.read(volume.file()).copy()) {
      Volume seen = new Volume(copy.path(), volume.key());
      assertEquals(16 << 20, Files.size(copy.path()));
      assertArrayEquals(new byte[16384], seen.read(0x40000 * 2, 16384));
      assertArrayEquals(volume.read(32768, 258048), seen.read(32768, 258048));
      String dump =
          Command.of("cryptsetup-bin", "cryptsetup", "luksDump", copy.pathForOthers()).run();
      assertTrue(dump.contains("cipher: aes-xts-plain64"), dump);
    }
  }

  @Test
  void keyHas32Bytes() {
    try (Secret key = Secret.takeOver(new byte[31])) {
      MosException e =
          assertThrows(MosException.class, () -> new LuksUnlocker().format(directory, key));
      assertEquals(ErrorCode.USAGE, e.code());
    }
  }

  @Test
  void nameIsNoOptionAndNoPath() throws IOException {
    Volume volume = volume();
    try (Secret key = volume.secret()) {
      for (String name : new String[] {"-x", "a/b", "", ".."}) {
        MosException e =
            assertThrows(
                MosException.class, () -> new LuksUnlocker().unlock(volume.file(), name, key));
        assertEquals(ErrorCode.USAGE, e.code());
        assertThrows(MosException.class, () -> new LuksUnlocker().lock(name));
      }
    }
  }

  @Test
  void lockingWhatIsNotOpenDoesNothing() {
    new LuksUnlocker().lock("mos-test-none");
  }

  @Test
  void openingAsksCryptsetupForTheCheckedHeader() {
    assertEquals(
        "[open, --batch-mode, --type, luks2, --disable-locks, --disable-external-tokens, --key-slot,"
            + " 0, --header, /h, --key-file, -, --keyfile-size, 32, /d, n]",
        Cryptsetup.open(Path.of("/h"), Path.of("/d"), "n").toString());
  }

  @Test
  void formattingAsksForTheFormThatIsReadLater() {
    assertEquals(
        "[luksFormat, --batch-mode, --type, luks2, --disable-locks, --cipher, aes-xts-plain64,"
            + " --key-size, 512, --hash, sha256, --pbkdf, pbkdf2, --pbkdf-force-iterations, 1000,"
            + " --luks2-metadata-size, 16k, --offset, 32768, --sector-size, 4096, --key-file, -,"
            + " --keyfile-size, 32, /d]",
        Cryptsetup.format(Path.of("/d"), 4096).toString());
  }
}
