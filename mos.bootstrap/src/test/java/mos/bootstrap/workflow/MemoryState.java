package mos.bootstrap.workflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import mos.formats.InstallManifestFormat;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.upgrade.Revision;
import mos.spi.upgrade.WritableSystemState;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.VerifiedManifest;

/** Systems that were installed one after the other, each by one complete manifest. */
final class MemoryState implements WritableSystemState {
  private final List<Installed> revisions = new ArrayList<>();
  private final Set<String> damaged = new HashSet<>();

  private record Installed(
      String revision, SystemManifest manifest, Map<Digest, SignedDocument> documents)
      implements InstalledSystem {
    @Override
    public SignedDocument document(Digest source) {
      return Optional.ofNullable(documents.get(source))
          .orElseThrow(() -> MosException.notFound(source + ": is missing"));
    }
  }

  /**
   * Installs a system, which is the newest then.
   *
   * @param images of its targets
   * @return its revision
   */
  String install(Map<String, Bytes> images) {
    Bytes bytes = manifest(images);
    List<SystemTarget> targets =
        images.keySet().stream().map(name -> new SystemTarget(name, bytes.digest())).toList();
    return install(new SystemManifest(List.of(), targets, List.of()), List.of(bytes));
  }

  private String install(SystemManifest system, List<Bytes> manifests) {
    Map<Digest, SignedDocument> documents = new HashMap<>();
    for (Bytes bytes : manifests) {
      documents.put(bytes.digest(), new SignedDocument("state", bytes, List.of(), List.of()));
    }
    String revision = "revision-" + (revisions.size() + 1);
    revisions.addFirst(new Installed(revision, system, documents));
    return revision;
  }

  @Override
  public String commit(SystemManifest next, Collection<VerifiedManifest> sources, String message) {
    return install(next, sources.stream().map(VerifiedManifest::bytes).toList());
  }

  /** A complete install manifest of these images. */
  static Bytes manifest(Map<String, Bytes> images) {
    List<Target> targets = new ArrayList<>();
    new LinkedHashMap<>(images)
        .forEach(
            (name, image) ->
                targets.add(
                    new Target(
                        name,
                        "1",
                        name.equals("hostfs") ? ServiceType.HOSTFS : ServiceType.FS_ONLY,
                        Network.HOST,
                        NamespaceGroup.HOST,
                        image.digest(),
                        image.size(),
                        List.of())));
    return InstallManifestFormat.write(
        new InstallManifest(
            InstallManifest.VERSION, "acme", List.of(), targets, UpdateType.COMPLETE));
  }

  /** From now on a revision, and with it those before it, cannot be read. */
  void damage(String revision) {
    damaged.add(revision);
  }

  /** From now on the install manifests of a revision are missing. */
  void loseManifests(String revision) {
    find(revision).documents().clear();
  }

  @Override
  public Optional<InstalledSystem> current() {
    return revisions.stream().findFirst().map(InstalledSystem.class::cast);
  }

  @Override
  public InstalledSystem at(String revision) {
    return find(revision);
  }

  private Installed find(String revision) {
    if (damaged.contains(revision)) {
      throw MosException.invalid(revision + ": is damaged");
    }
    return revisions.stream()
        .filter(installed -> installed.revision().equals(revision))
        .findFirst()
        .orElseThrow(() -> MosException.notFound(revision + ": there is none"));
  }

  @Override
  public List<Revision> history(int limit) {
    return revisions.stream()
        .limit(limit)
        .map(installed -> find(installed.revision()))
        .map(
            installed ->
                new Revision(
                    installed.revision(),
                    Instant.EPOCH,
                    "install",
                    installed.manifest().targets().stream()
                        .map(SystemTarget::source)
                        .collect(Collectors.toSet())))
        .toList();
  }

  @Override
  public void close() {}
}
