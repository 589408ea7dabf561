package mos.plugin.keyset;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;

/**
 * Fills the directories of a keyset, its projects and its hosts.
 *
 * @param organization in the subjects, or blank for none
 * @param now the moment that it is made
 */
record NewKeyset(String organization, Instant now) {
  /** Authorities and identities that live as long as the machines that hold them. */
  private static final Instant END_OF_HARDWARE = Instant.parse("2099-12-31T23:59:59Z");

  /** Certificates that sign manifests, 10 years: a leaked key does not stay useful for ever. */
  private static final int SIGNING_DAYS = 3653;

  /** Everything that a keyset begins with. */
  void write(Path directory, String project) throws IOException {
    Iterator<AsymmetricCipherKeyPair> keys =
        Stream.of(KeysetKey.values())
            .parallel()
            .map(key -> Credential.newKey())
            .toList()
            .iterator();
    Map<KeysetKey, Credential> made = new EnumMap<>(KeysetKey.class);
    for (KeysetKey key : KeysetKey.values()) {
      Path own = PrivateFiles.directory(directory.resolve(key.directory()));
      made.put(key, write(own, key, keys.next(), made));
    }
    Path projects = PrivateFiles.directory(directory.resolve(FileKeysets.PROJECTS));
    Credential authority = made.get(KeysetKey.MANIFEST_CA);
    if (authority == null) {
      throw new IllegalStateException("a keyset without " + KeysetKey.MANIFEST_CA);
    }
    writeProject(PrivateFiles.directory(projects.resolve(project)), authority);
  }

  /** A product: its uuid, and the key that signs its manifests. */
  void writeProject(Path directory, Credential authority) throws IOException {
    UUID product = UUID.randomUUID();
    PrivateFiles.open(directory.resolve(FileKeysets.PRODUCT), product + "\n");
    authority
        .issue(
            Credential.newKey(),
            name(SigningCertificate.name(product)).build(),
            CertificateUse.SIGN_CODE,
            now,
            now.plus(Duration.ofDays(SIGNING_DAYS)))
        .write(directory);
    PrivateFiles.directory(directory.resolve(FileKeysets.HOSTS));
  }

  /** The identity of a host. */
  void writeSudi(Path directory, Credential authority, UUID product, UUID machine)
      throws IOException {
    X500NameBuilder name = name(machine.toString());
    name.addRDN(BCStyle.SERIALNUMBER, "PID:" + product + " SN:" + machine);
    authority
        .issue(
            Credential.newKey(), name.build(), CertificateUse.IDENTIFY_HOST, now, END_OF_HARDWARE)
        .write(directory);
  }

  private Credential write(
      Path directory, KeysetKey key, AsymmetricCipherKeyPair pair, Map<KeysetKey, Credential> made)
      throws IOException {
    X500Name name = name(key.commonName()).build();
    Credential issuer = key.issuer().map(made::get).orElse(null);
    Credential credential =
        issuer == null
            ? Credential.selfSigned(pair, name, key.use(), now, END_OF_HARDWARE)
            : issuer.issue(pair, name, key.use(), now, END_OF_HARDWARE);
    credential.write(directory);
    if (key.hasGuid()) {
      PrivateFiles.open(directory.resolve(FileKeysets.OWNER), UUID.randomUUID() + "\n");
    }
    return credential;
  }

  private X500NameBuilder name(String commonName) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    if (!organization.isBlank()) {
      name.addRDN(BCStyle.O, organization);
    }
    return name.addRDN(BCStyle.CN, commonName);
  }
}
