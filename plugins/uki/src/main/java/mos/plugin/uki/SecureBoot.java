package mos.plugin.uki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import mos.spi.MosException;
import mos.spi.boot.BootkitBuilder.Enrollment;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;

/** The key databases of firmware: what it measures of them, and how it is told about them. */
final class SecureBoot {
  private static final int SHA256_BYTES = 32;

  private SecureBoot() {}

  /** See {@link mos.spi.boot.BootkitBuilder#predictPcr7}. */
  static Digest pcr7(FirmwareKeys keys, List<FirmwareCertificate> signers) {
    List<byte[]> events = new ArrayList<>();
    events.add(
        new FirmwareVariable("SecureBoot", FirmwareVariable.GLOBAL, Bytes.copyOf(new byte[] {1}))
            .measured());
    for (FirmwareVariable database : databases(keys)) {
      events.add(database.measured());
    }
    events.add(new FirmwareVariable("dbx", FirmwareVariable.SECURITY, Bytes.utf8("")).measured());
    // The end of what firmware measures before it starts something: EV_SEPARATOR.
    events.add(Digest.sha256().digest(new byte[4]));
    // Each signer once, however many images it has signed.
    for (FirmwareCertificate signer : new LinkedHashSet<>(signers)) {
      byte[] entry = FirmwareVariable.entry(signer);
      events.add(
          new FirmwareVariable("db", FirmwareVariable.SECURITY, Bytes.copyOf(entry)).measured());
    }
    byte[] pcr = new byte[SHA256_BYTES];
    for (byte[] event : events) {
      MessageDigest digest = Digest.sha256();
      digest.update(pcr);
      pcr = digest.digest(event);
    }
    return Digest.finish(pcr);
  }

  /** See {@link mos.spi.boot.BootkitBuilder#writeEnrollment}. */
  static void write(Enrollment enrollment, Path directory) {
    FirmwareKeys keys = enrollment.keys();
    SigningIdentity platform = SigningIdentity.read(enrollment.platformKey());
    SigningIdentity exchange = SigningIdentity.read(enrollment.exchangeKey());
    try {
      Files.createDirectories(directory);
      for (FirmwareVariable database : databases(keys)) {
        boolean allowed = database.name().equals("db");
        Instant time =
            FirmwareVariable.newest(
                switch (database.name()) {
                  case "PK" -> List.of(keys.platform());
                  case "KEK" -> List.of(keys.exchange());
                  default -> keys.allowed();
                });
        Files.write(directory.resolve(database.name() + ".esl"), database.content().toArray());
        Files.write(
            directory.resolve(database.name() + ".auth"),
            database.update(time, allowed ? exchange : platform));
      }
    } catch (IOException e) {
      throw MosException.io("cannot write " + directory, e);
    }
  }

  /** In the order in which they are measured. */
  private static List<FirmwareVariable> databases(FirmwareKeys keys) {
    return List.of(
        FirmwareVariable.ofCertificates("PK", FirmwareVariable.GLOBAL, List.of(keys.platform())),
        FirmwareVariable.ofCertificates("KEK", FirmwareVariable.GLOBAL, List.of(keys.exchange())),
        FirmwareVariable.ofCertificates("db", FirmwareVariable.SECURITY, keys.allowed()));
  }
}
