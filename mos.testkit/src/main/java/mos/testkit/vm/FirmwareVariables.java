package mos.testkit.vm;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.UUID;

/**
 * What a machine's firmware keeps: the keys of secure boot, and whether it is on. Written into a
 * copy of OVMF's empty variables, as the firmware itself would have stored them.
 *
 * <p>Without a platform key the firmware is in setup mode. Certificates become signature lists of
 * one entry each, in the order given, and the owner's GUID is part of what PCR 7 measures: keep it
 * constant.
 *
 * <p>Sources: UEFI specification 2.10, sections 32.4.1 (signature database) and 8.2 (variables);
 * edk2, {@code MdeModulePkg/Include/Guid/VariableFormat.h} and {@code
 * SecurityPkg/Include/Guid/AuthenticatedVariableFormat.h}.
 */
public final class FirmwareVariables {
  /** OVMF's variables as Debian's package {@code ovmf} brings them: none. */
  public static final Path EMPTY = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");

  private static final UUID GLOBAL = UUID.fromString("8be4df61-93ca-11d2-aa0d-00e098032b8c");
  private static final UUID IMAGE_SECURITY =
      UUID.fromString("d719b2cb-3d3a-4596-a3bc-dad00e67656f");
  private static final UUID SECURE_BOOT_ENABLE =
      UUID.fromString("f0a30bc7-af08-4556-99c4-001009c93a44");
  private static final UUID CERT_X509 = UUID.fromString("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");
  private static final UUID CERT_SHA256 = UUID.fromString("c1c41626-504c-4092-aca9-41f936934328");
  private static final UUID AUTHENTICATED_STORE =
      UUID.fromString("aaf32c78-947b-439a-a180-2e144ec37792");

  /** NON_VOLATILE, BOOTSERVICE_ACCESS. */
  private static final int STORED = 0x3;

  /** The same with RUNTIME_ACCESS and TIME_BASED_AUTHENTICATED_WRITE_ACCESS. */
  private static final int AUTHENTICATED = 0x27;

  private static final int STORE_HEADER = 28;
  private static final int VARIABLE_HEADER = 60;
  private static final short VARIABLE_START = 0x55AA;
  private static final byte VARIABLE_ADDED = 0x3F;
  private static final short YEAR_OF_THE_KEYS = 2024;

  private final ByteArrayOutputStream platformKey = new ByteArrayOutputStream();
  private final ByteArrayOutputStream exchangeKeys = new ByteArrayOutputStream();
  private final ByteArrayOutputStream allowed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream forbidden = new ByteArrayOutputStream();
  private boolean secureBoot = true;

  /** None yet. */
  public FirmwareVariables() {}

  /** The platform key (PK), whose presence ends setup mode. */
  public FirmwareVariables platformKey(UUID owner, X509Certificate certificate) {
    platformKey.reset();
    platformKey.writeBytes(signatureList(CERT_X509, owner, encoded(certificate)));
    return this;
  }

  /** One more key exchange key (KEK). */
  public FirmwareVariables keyExchangeKey(UUID owner, X509Certificate certificate) {
    exchangeKeys.writeBytes(signatureList(CERT_X509, owner, encoded(certificate)));
    return this;
  }

  /** One more certificate whose signatures are accepted (db). */
  public FirmwareVariables allow(UUID owner, X509Certificate certificate) {
    allowed.writeBytes(signatureList(CERT_X509, owner, encoded(certificate)));
    return this;
  }

  /** One more certificate whose signatures are refused (dbx). */
  public FirmwareVariables forbid(UUID owner, X509Certificate certificate) {
    forbidden.writeBytes(signatureList(CERT_X509, owner, encoded(certificate)));
    return this;
  }

  /** One more program that is refused (dbx), by its Authenticode SHA-256 digest of 32 bytes. */
  public FirmwareVariables forbid(UUID owner, byte[] digest) {
    if (digest.length != 32) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + digest.length);
    }
    forbidden.writeBytes(signatureList(CERT_SHA256, owner, digest));
    return this;
  }

  /** Whether secure boot is on, as the firmware's own menu switches it; on unless said. */
  public FirmwareVariables secureBoot(boolean on) {
    secureBoot = on;
    return this;
  }

  /**
   * Writes the variables to a file of their own, for one machine.
   *
   * @return the file
   */
  public Path write(Path target) {
    try {
      return Files.write(target, into(Files.readAllBytes(EMPTY)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the variables to a firmware volume's bytes, which may hold others. */
  byte[] into(byte[] volume) {
    ByteBuffer store = freeSpace(volume);
    put(store, IMAGE_SECURITY, "db", AUTHENTICATED, allowed.toByteArray());
    put(store, IMAGE_SECURITY, "dbx", AUTHENTICATED, forbidden.toByteArray());
    put(store, GLOBAL, "KEK", AUTHENTICATED, exchangeKeys.toByteArray());
    put(store, GLOBAL, "PK", AUTHENTICATED, platformKey.toByteArray());
    byte[] enable = {(byte) (secureBoot ? 1 : 0)};
    put(store, SECURE_BOOT_ENABLE, "SecureBootEnable", STORED, enable);
    return volume;
  }

  /** From behind the last variable to the end of the store. */
  private static ByteBuffer freeSpace(byte[] volume) {
    ByteBuffer bytes = ByteBuffer.wrap(volume).order(ByteOrder.LITTLE_ENDIAN);
    int start = bytes.getShort(48);
    byte[] kind = new byte[16];
    bytes.get(start, kind);
    if (!ByteBuffer.wrap(kind).equals(ByteBuffer.wrap(guid(AUTHENTICATED_STORE)))) {
      throw new IllegalArgumentException("not a store of authenticated variables");
    }
    bytes.limit(start + bytes.getInt(start + 16));
    bytes.position(start + STORE_HEADER);
    while (bytes.remaining() >= VARIABLE_HEADER
        && bytes.getShort(bytes.position()) == VARIABLE_START) {
      int at = bytes.position();
      bytes.position(aligned(at + VARIABLE_HEADER + bytes.getInt(at + 36) + bytes.getInt(at + 40)));
    }
    return bytes;
  }

  private static void put(
      ByteBuffer store, UUID vendor, String name, int attributes, byte[] content) {
    if (content.length == 0) {
      return;
    }
    byte[] encodedName = (name + "\0").getBytes(UTF_16LE);
    store.putShort(VARIABLE_START).put(VARIABLE_ADDED).put((byte) 0).putInt(attributes);
    store.putLong(0); // the monotonic count, of the older kind of authentication
    if (attributes == AUTHENTICATED) {
      store.putShort(YEAR_OF_THE_KEYS).put((byte) 1).put((byte) 1).put(new byte[12]);
    } else {
      store.put(new byte[16]);
    }
    store.putInt(0).putInt(encodedName.length).putInt(content.length).put(guid(vendor));
    store.put(encodedName).put(content);
    store.position(aligned(store.position()));
  }

  private static byte[] signatureList(UUID type, UUID owner, byte[] signature) {
    int entry = 16 + signature.length;
    return ByteBuffer.allocate(28 + entry)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(guid(type))
        .putInt(28 + entry)
        .putInt(0)
        .putInt(entry)
        .put(guid(owner))
        .put(signature)
        .array();
  }

  /** A GUID's first three fields are little-endian. */
  private static byte[] guid(UUID value) {
    long high = value.getMostSignificantBits();
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) (high >>> 32))
        .putShort((short) (high >>> 16))
        .putShort((short) high)
        .order(ByteOrder.BIG_ENDIAN)
        .putLong(value.getLeastSignificantBits())
        .array();
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("not a certificate that can be encoded", e);
    }
  }

  private static int aligned(int position) {
    return (position + 3) & ~3;
  }
}
