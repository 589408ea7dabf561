package mos.spi.sign;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import mos.spi.model.Bytes;

/**
 * The keysets of a publisher, in one directory. Private keys never leave it and are readable by
 * their owner alone.
 */
public interface Keysets {
  /** The name of the project that every keyset begins with. */
  String DEFAULT_PROJECT = "default";

  /**
   * Makes a keyset with its authorities, keys and the default project. Either all of it exists
   * afterwards or nothing.
   *
   * @param organization for the subjects of its certificates
   * @throws mos.spi.MosException USAGE when there is one of that name
   */
  void add(String keyset, String organization);

  /** The names of the keysets, sorted. */
  List<String> list();

  /**
   * The keys of a keyset, sorted, such as {@code manifest-ca} and {@code manifest/default}.
   *
   * @throws mos.spi.MosException NOT_FOUND when there is no such keyset
   */
  List<KeyEntry> show(String keyset);

  /** Makes a project: a product uuid, a manifest key and its certificate. */
  Project addProject(String keyset, String project);

  /** The projects of a keyset, sorted by name. */
  List<Project> projects(String keyset);

  /** Makes a host's identity (SUDI): a key, and a certificate that binds product and machine. */
  Sudi addSudi(String keyset, String project, UUID machine);

  /** The identities of a project, sorted by machine. */
  List<Sudi> sudis(String keyset, String project);

  /** What signs manifests for a project. */
  ManifestSigner signer(String keyset, String project);

  /**
   * A key of a keyset as files, for tools that sign what firmware starts.
   *
   * @param key such as {@code uki-production}
   * @throws mos.spi.MosException NOT_FOUND when the keyset has no such key
   */
  SigningKey signingKey(String keyset, String key);

  /**
   * A key's certificate with its owner's guid, as firmware holds it.
   *
   * @param key one that is enrolled in firmware, such as {@code uefi-db}
   */
  FirmwareCertificate firmwareCertificate(String keyset, String key);

  /** The databases of firmware that trusts this keyset: PK, KEK, and in db every signer of it. */
  FirmwareKeys firmware(String keyset);

  /** A key's public half, DER SubjectPublicKeyInfo. */
  Bytes publicKey(String keyset, String key);

  /** A key's signature over bytes, RSASSA-PKCS1-v1_5 with SHA-256. */
  Bytes sign(String keyset, String key, Bytes document);

  /**
   * A key and its certificate.
   *
   * @param name its directory in the keyset
   * @param certificate its certificate's file
   * @param subject the certificate's subject
   * @param sha256 the certificate's fingerprint, hexadecimal
   * @param expires when the certificate expires
   */
  record KeyEntry(
      String name, Path certificate, String subject, String sha256, java.time.Instant expires) {}

  /**
   * A product.
   *
   * @param name of the project
   * @param product its uuid
   */
  record Project(String name, UUID product) {}

  /**
   * A host's identity.
   *
   * @param machine the host's uuid
   * @param directory where its key and certificate are
   */
  record Sudi(UUID machine, Path directory) {}
}
