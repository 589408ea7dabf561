package mos.plugin.keyset;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Names;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.Keysets;
import mos.spi.sign.ManifestSigner;
import mos.spi.sign.SigningKey;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Keysets as directories: {@code <root>/<keyset>/<key>/{privkey.pem,cert.pem}} and {@code
 * <root>/<keyset>/manifest/<project>/{uuid,privkey.pem,cert.pem,sudi/<machine>/…}}, as the original
 * lays them out.
 */
final class FileKeysets implements Keysets {
  /** The directory of a keyset's projects. */
  static final String PROJECTS = "manifest";

  /** The file with a project's product uuid. */
  static final String PRODUCT = "uuid";

  /** The directory of a project's hosts. */
  static final String HOSTS = "sudi";

  /** The file with the SignatureOwner of a key that firmware is told. */
  static final String OWNER = "guid";

  private static final int MAX_ORGANIZATION = 64;

  private final Path root;
  private final Clock clock;

  FileKeysets(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  @Override
  public void add(String keyset, String organization) {
    Names.check("keyset", keyset);
    if (!organization.isBlank()) {
      Names.checkText("org", organization, MAX_ORGANIZATION);
    }
    NewKeyset content = new NewKeyset(organization, clock.instant());
    make(root.resolve(keyset), directory -> content.write(directory, DEFAULT_PROJECT));
  }

  @Override
  public List<String> list() {
    return directories(root).stream()
        .filter(FileKeysets::isName)
        .filter(name -> Files.isDirectory(root.resolve(name).resolve(PROJECTS)))
        .toList();
  }

  @Override
  public List<KeyEntry> show(String keyset) {
    Path directory = keyset(keyset);
    List<KeyEntry> entries = new ArrayList<>();
    for (KeysetKey key : KeysetKey.values()) {
      if (Files.isDirectory(directory.resolve(key.directory()))) {
        entries.add(entry(key.directory(), directory.resolve(key.directory())));
      }
    }
    for (Project project : projects(keyset)) {
      String name = PROJECTS + "/" + project.name();
      entries.add(entry(name, directory.resolve(name)));
    }
    entries.sort(Comparator.comparing(KeyEntry::name));
    return List.copyOf(entries);
  }

  @Override
  public Project addProject(String keyset, String project) {
    Names.check("project", project);
    if (Uuids.parse(project).isPresent()) {
      throw MosException.invalid("project: a name that is a uuid would be taken for a product");
    }
    Path directory = keyset(keyset);
    Credential authority = Credential.read(directory.resolve(KeysetKey.MANIFEST_CA.directory()));
    NewKeyset content = new NewKeyset(organization(authority), clock.instant());
    Path target = directory.resolve(PROJECTS).resolve(project);
    make(target, staged -> content.writeProject(staged, authority));
    return new Project(project, product(target));
  }

  @Override
  public List<Project> projects(String keyset) {
    Path projects = keyset(keyset).resolve(PROJECTS);
    return directories(projects).stream()
        .filter(FileKeysets::isName)
        .map(name -> new Project(name, product(projects.resolve(name))))
        .toList();
  }

  @Override
  public Sudi addSudi(String keyset, String project, UUID machine) {
    Path directory = project(keyset, project);
    Credential authority = Credential.read(keyset(keyset).resolve(KeysetKey.SUDI_CA.directory()));
    NewKeyset content = new NewKeyset(organization(authority), clock.instant());
    UUID product = product(directory);
    Path target = directory.resolve(HOSTS).resolve(machine.toString());
    make(target, staged -> content.writeSudi(staged, authority, product, machine));
    return new Sudi(machine, target);
  }

  @Override
  public List<Sudi> sudis(String keyset, String project) {
    Path hosts = project(keyset, project).resolve(HOSTS);
    return directories(hosts).stream()
        .flatMap(
            name ->
                Uuids.parse(name).map(machine -> new Sudi(machine, hosts.resolve(name))).stream())
        .toList();
  }

  @Override
  public ManifestSigner signer(String keyset, String project) {
    Path directory = project(keyset, project);
    FileSigner signer =
        FileSigner.open(
            directory.resolve(Credential.KEY),
            directory.resolve(Credential.CERTIFICATE),
            project::equals,
            clock);
    if (!signer.product().equals(product(directory))) {
      throw MosException.invalid(
          directory
              + ": its certificate is for product "
              + signer.product()
              + ", not for its uuid");
    }
    return signer;
  }

  @Override
  public SigningKey signingKey(String keyset, String key) {
    Path directory = key(keyset, key);
    return new SigningKey(
        directory.resolve(Credential.KEY), directory.resolve(Credential.CERTIFICATE));
  }

  @Override
  public FirmwareCertificate firmwareCertificate(String keyset, String key) {
    Path directory = key(keyset, key);
    if (KeysetKey.of(key).filter(KeysetKey::hasGuid).isEmpty()) {
      throw MosException.invalid("key: firmware is not told about '" + key + "'");
    }
    return new FirmwareCertificate(
        uuid(directory.resolve(OWNER)), directory.resolve(Credential.CERTIFICATE));
  }

  @Override
  public FirmwareKeys firmware(String keyset) {
    return new FirmwareKeys(
        firmwareCertificate(keyset, KeysetKey.UEFI_PK.directory()),
        firmwareCertificate(keyset, KeysetKey.UEFI_KEK.directory()),
        KeysetKey.SIGNERS.stream()
            .map(key -> firmwareCertificate(keyset, key.directory()))
            .toList());
  }

  @Override
  public Bytes publicKey(String keyset, String key) {
    Path file = key(keyset, key).resolve(Credential.CERTIFICATE);
    try {
      return Bytes.copyOf(
          Pem.certificate(file, PrivateFiles.read(file)).getSubjectPublicKeyInfo().getEncoded());
    } catch (IOException e) {
      throw MosException.io("cannot encode the public key of " + file, e);
    }
  }

  @Override
  public Bytes sign(String keyset, String key, Bytes document) {
    Path file = key(keyset, key).resolve(Credential.KEY);
    AsymmetricKeyParameter secret = Pem.privateKey(file);
    if (SignatureScheme.of(secret).filter(SignatureScheme.RSA::equals).isEmpty()) {
      throw MosException.invalid(file + ": is not an RSA key of 2048 to 8192 bits");
    }
    return SignatureScheme.RSA.sign(secret, document);
  }

  @FunctionalInterface
  private interface Content {
    void write(Path directory) throws IOException;
  }

  private void make(Path target, Content content) {
    try {
      PrivateFiles.directories(root);
      try (StagedDirectory staged = StagedDirectory.begin(root, target)) {
        content.write(staged.path());
        staged.commit();
      }
    } catch (IOException e) {
      throw MosException.io("cannot make " + target, e);
    }
  }

  private Path keyset(String keyset) {
    return existing(root.resolve(Names.check("keyset", keyset)), "keyset", keyset);
  }

  /** The directory of a key, which is one of the keyset's own or of a project. */
  private Path key(String keyset, String key) {
    Path directory = keyset(keyset);
    boolean ofProject =
        key.startsWith(PROJECTS + "/") && isName(key.substring(PROJECTS.length() + 1));
    if (!ofProject && KeysetKey.of(key).isEmpty()) {
      throw MosException.notFound("no key '" + key + "' in a keyset (" + directory + ")");
    }
    return existing(directory.resolve(key), "key", key);
  }

  private Path project(String keyset, String project) {
    Path projects = keyset(keyset).resolve(PROJECTS);
    return existing(projects.resolve(Names.check("project", project)), "project", project);
  }

  private static Path existing(Path directory, String kind, String name) {
    if (!Files.isDirectory(directory)) {
      throw MosException.notFound("no " + kind + " '" + name + "' (" + directory + ")");
    }
    return directory;
  }

  private static UUID product(Path project) {
    return uuid(project.resolve(PRODUCT));
  }

  private static UUID uuid(Path file) {
    return Uuids.parse(PrivateFiles.read(file).text().strip())
        .orElseThrow(() -> MosException.invalid(file + ": is not a uuid"));
  }

  private static KeyEntry entry(String name, Path directory) {
    Path file = directory.resolve(Credential.CERTIFICATE);
    X509CertificateHolder certificate = Pem.certificate(file, PrivateFiles.read(file));
    try {
      return new KeyEntry(
          name,
          file,
          certificate.getSubject().toString(),
          Bytes.copyOf(certificate.getEncoded()).digest().hex(),
          certificate.getNotAfter().toInstant());
    } catch (IOException e) {
      throw MosException.io("cannot encode " + file, e);
    }
  }

  /** New certificates of a keyset carry the organization of its authorities. */
  private static String organization(Credential authority) {
    return Subjects.values(authority.certificate(), BCStyle.O).stream().findFirst().orElse("");
  }

  private static boolean isName(String name) {
    return Names.NAME.matcher(name).matches();
  }

  private static List<String> directories(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
      for (Path entry : entries) {
        Optional.ofNullable(entry.getFileName())
            .filter(name -> Files.isDirectory(entry))
            .ifPresent(name -> names.add(name.toString()));
      }
    } catch (IOException e) {
      throw MosException.io("cannot list " + parent, e);
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }
}
