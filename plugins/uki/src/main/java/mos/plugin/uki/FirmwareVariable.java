package mos.plugin.uki;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.sign.FirmwareCertificate;

/**
 * A variable of firmware that secure boot depends on: its name, its vendor and what it holds.
 *
 * @param name such as {@code db}
 * @param vendor the namespace of the name
 * @param content its bytes
 */
record FirmwareVariable(String name, UUID vendor, Bytes content) {
  /** EFI_GLOBAL_VARIABLE (UEFI 2.10, 3.3). */
  static final UUID GLOBAL = UUID.fromString("8be4df61-93ca-11d2-aa0d-00e098032b8c");

  /** EFI_IMAGE_SECURITY_DATABASE_GUID (UEFI 2.10, 32.4.1). */
  static final UUID SECURITY = UUID.fromString("d719b2cb-3d3a-4596-a3bc-dad00e67656f");

  private static final UUID CERT_X509 = UUID.fromString("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");
  private static final UUID CERT_PKCS7 = UUID.fromString("4aafd29d-68df-49ee-8aa9-347d375665a7");

  /** Non-volatile, for boot services and the run time, with time based authentication. */
  private static final int ATTRIBUTES = 0x27;

  private static final int LIST_HEADER = 28;
  private static final int GUID = 16;

  /** A variable that holds certificates, one signature list for each (UEFI 2.10, 32.4.1). */
  static FirmwareVariable ofCertificates(
      String name, UUID vendor, List<FirmwareCertificate> certificates) {
    ByteArrayOutputStream lists = new ByteArrayOutputStream();
    for (FirmwareCertificate certificate : certificates) {
      byte[] entry = entry(certificate);
      lists.writeBytes(
          little(LIST_HEADER)
              .put(guid(CERT_X509))
              .putInt(LIST_HEADER + entry.length)
              .putInt(0)
              .putInt(entry.length)
              .array());
      lists.writeBytes(entry);
    }
    return new FirmwareVariable(name, vendor, Bytes.copyOf(lists.toByteArray()));
  }

  /** EFI_SIGNATURE_DATA of a certificate. */
  static byte[] entry(FirmwareCertificate certificate) {
    byte[] der = SigningIdentity.der(SigningIdentity.certificate(certificate.certificate()));
    return little(GUID + der.length).put(guid(certificate.owner())).put(der).array();
  }

  /** What is measured about it (TCG PC Client Platform Firmware Profile 1.06, 10.2.6). */
  byte[] measured() {
    byte[] text = name.getBytes(StandardCharsets.UTF_16LE);
    MessageDigest digest = Digest.sha256();
    digest.update(guid(vendor));
    digest.update(little(16).putLong(name.length()).putLong(content.size()).array());
    digest.update(text);
    return digest.digest(content.toArray());
  }

  /** Its update for firmware: EFI_VARIABLE_AUTHENTICATION_2 and the content (UEFI 2.10, 8.2.2). */
  byte[] update(Instant time, SigningIdentity signer) {
    byte[] moment = moment(time);
    byte[] text = name.getBytes(StandardCharsets.UTF_16LE);
    byte[] signed =
        little(text.length + GUID + 4 + moment.length + content.size())
            .put(text)
            .put(guid(vendor))
            .putInt(ATTRIBUTES)
            .put(moment)
            .put(content.toArray())
            .array();
    byte[] signature = SignedData.detached(signed, signer);
    int header = 8 + GUID;
    return little(moment.length + header + signature.length + content.size())
        .put(moment)
        .putInt(header + signature.length)
        .putShort((short) 0x0200)
        .putShort((short) 0x0ef1)
        .put(guid(CERT_PKCS7))
        .put(signature)
        .put(content.toArray())
        .array();
  }

  /**
   * When certificates were made, the newest of them: firmware takes an update only when it is
   * younger than the last one, and the same keys are to give the same bytes.
   */
  static Instant newest(List<FirmwareCertificate> certificates) {
    return certificates.stream()
        .map(FirmwareCertificate::certificate)
        .map(SigningIdentity::certificate)
        .map(X509Certificate::getNotBefore)
        .map(java.util.Date::toInstant)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }

  /** EFI_TIME (UEFI 2.10, 8.3); what an update may not use stays zero. */
  private static byte[] moment(Instant time) {
    ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
    return little(16)
        .putShort((short) utc.getYear())
        .put((byte) utc.getMonthValue())
        .put((byte) utc.getDayOfMonth())
        .put((byte) utc.getHour())
        .put((byte) utc.getMinute())
        .put((byte) utc.getSecond())
        .array();
  }

  /** EFI_GUID: the first three fields are little-endian. */
  private static byte[] guid(UUID uuid) {
    long most = uuid.getMostSignificantBits();
    return little(GUID)
        .putInt((int) (most >>> 32))
        .putShort((short) (most >>> 16))
        .putShort((short) most)
        .order(ByteOrder.BIG_ENDIAN)
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
