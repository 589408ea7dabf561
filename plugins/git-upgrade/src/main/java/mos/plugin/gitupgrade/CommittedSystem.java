package mos.plugin.gitupgrade;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.formats.SystemManifestFormat;
import mos.spi.MosException;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.SystemManifest;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.verify.Attachment;
import mos.spi.verify.SignedDocument;
import org.eclipse.jgit.lib.ObjectId;

/** A system as one commit has it. Usable as long as its repository is open. */
final class CommittedSystem implements InstalledSystem {
  private static final int MAX_SYSTEM_MANIFEST = InstallManifest.MAX_BYTES;

  private final Place place;
  private final GitObjects objects;
  private final GitCommit commit;
  private final GitTree tree;
  private final SystemManifest manifest;

  private CommittedSystem(
      Place place, GitObjects objects, GitCommit commit, GitTree tree, SystemManifest manifest) {
    this.place = place;
    this.objects = objects;
    this.commit = commit;
    this.tree = tree;
    this.manifest = manifest;
  }

  /** Reads the system manifest of a commit. */
  static CommittedSystem read(Place place, GitObjects objects, GitCommit commit) {
    GitTree tree = objects.tree(commit.tree());
    Map.Entry<String, ObjectId> file =
        StateFiles.SYSTEM_MANIFESTS.stream()
            .flatMap(name -> tree.file(name).stream())
            .findFirst()
            .orElseThrow(
                () ->
                    place.damaged(
                        "the commit " + commit.id().name() + " has no manifest.yaml", null));
    byte[] content = objects.blob(file.getValue(), file.getKey(), MAX_SYSTEM_MANIFEST);
    try {
      SystemManifest manifest = SystemManifestFormat.parse(Bytes.copyOf(content));
      return new CommittedSystem(place, objects, commit, tree, manifest);
    } catch (MosException e) {
      throw new MosException(
          e.code(), origin(place, commit, file.getKey()) + ": " + e.getMessage(), e);
    }
  }

  GitTree tree() {
    return tree;
  }

  @Override
  public String revision() {
    return commit.id().name();
  }

  @Override
  public SystemManifest manifest() {
    return manifest;
  }

  @Override
  public SignedDocument document(Digest source) {
    StateFiles names =
        StateFiles.read(source).stream()
            .filter(candidate -> tree.file(candidate.manifest()).isPresent())
            .findFirst()
            .orElse(StateFiles.written(source));
    Bytes bytes = content(names.manifest(), InstallManifest.MAX_BYTES);
    return new SignedDocument(
        origin(place, commit, names.manifest()),
        bytes,
        List.of(attachment(StateFiles.certificate(source))),
        List.of(attachment(names.signature())));
  }

  private Attachment attachment(String name) {
    return new Attachment(origin(place, commit, name), content(name, Attachment.MAX_BYTES));
  }

  private Bytes content(String name, int max) {
    Optional<Map.Entry<String, ObjectId>> file = tree.file(name);
    if (file.isEmpty()) {
      throw MosException.notFound(
          origin(place, commit, name)
              + ": is missing in the installed system; install again, or go back to a commit that"
              + " has it");
    }
    return Bytes.copyOf(objects.blob(file.get().getValue(), name, max));
  }

  private static String origin(Place place, GitCommit commit, String name) {
    return place.repository() + "@" + commit.id().abbreviate(12).name() + ":" + name;
  }
}
