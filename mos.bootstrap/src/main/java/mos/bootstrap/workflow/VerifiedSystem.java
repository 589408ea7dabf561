package mos.bootstrap.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import mos.spi.MosException;
import mos.spi.image.Descriptor;
import mos.spi.image.MediaTypes;
import mos.spi.model.Digest;
import mos.spi.model.ServiceType;
import mos.spi.model.SystemManifest;
import mos.spi.model.SystemTarget;
import mos.spi.model.Target;
import mos.spi.store.ImageStore;
import mos.spi.upgrade.InstalledSystem;
import mos.spi.verify.Purpose;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;

/**
 * The installed system, seen through the gate: each install manifest is verified when it is first
 * asked for, and only then.
 */
final class VerifiedSystem {
  private static final String HOSTFS = "hostfs";

  private final InstalledSystem installed;
  private final VerificationGate gate;
  private final Optional<UUID> product;
  private final Map<Digest, VerifiedManifest> manifests = new LinkedHashMap<>();

  VerifiedSystem(InstalledSystem installed, VerificationGate gate, Optional<UUID> product) {
    this.installed = installed;
    this.gate = gate;
    this.product = product;
  }

  SystemManifest manifest() {
    return installed.manifest();
  }

  /** Every install manifest of the system. */
  List<VerifiedManifest> manifests() {
    return installed.manifest().targets().stream()
        .map(SystemTarget::source)
        .distinct()
        .map(this::manifest)
        .toList();
  }

  /** An install manifest of the system. */
  VerifiedManifest manifest(Digest source) {
    VerifiedManifest known = manifests.get(source);
    if (known != null) {
      return known;
    }
    SignedDocument document = installed.document(source);
    if (!document.bytes().digest().equals(source)) {
      throw MosException.refused(
          document.origin()
              + ": is not what its name says: its digest is "
              + document.bytes().digest());
    }
    VerifiedManifest manifest = gate.admit(document, Purpose.USE, product);
    manifests.put(source, manifest);
    return manifest;
  }

  /**
   * The target of that name.
   *
   * @throws MosException NOT_FOUND when the system has none
   */
  Target target(String name) {
    SystemTarget entry =
        installed
            .manifest()
            .target(name)
            .orElseThrow(
                () ->
                    MosException.notFound(
                        "the installed system has no target '"
                            + name
                            + "'; it has "
                            + names(installed.manifest())));
    return target(entry);
  }

  /** What a target of the system is. */
  Target target(SystemTarget entry) {
    return manifest(entry.source())
        .manifest()
        .target(entry.name())
        .orElseThrow(
            () ->
                MosException.refused(
                    "manifest.yaml: '" + entry.name() + "' is not a target of " + entry.source()));
  }

  /**
   * The target that is the root file system: the one named hostfs, or else the only one of that
   * type.
   */
  String hostfs() {
    if (installed.manifest().target(HOSTFS).isPresent()) {
      return HOSTFS;
    }
    List<String> found =
        installed.manifest().targets().stream()
            .filter(entry -> target(entry).serviceType().equals(ServiceType.HOSTFS))
            .map(SystemTarget::name)
            .toList();
    if (found.size() != 1) {
      throw MosException.notFound(
          "the installed system has "
              + (found.isEmpty() ? "no target" : "several targets " + found)
              + " of type hostfs");
    }
    return found.getFirst();
  }

  /** The image of a target. */
  VerifiedImage image(String name, ImageStore store) {
    Target target = target(name);
    SystemTarget entry = installed.manifest().target(name).orElseThrow();
    Descriptor descriptor = Descriptor.of(MediaTypes.MANIFEST, target.digest(), target.size());
    String origin = store.location() + "@" + target.digest();
    return gate.admit(manifest(entry.source()), name, origin, store.manifest(descriptor));
  }

  static String names(SystemManifest manifest) {
    return String.join(", ", manifest.targets().stream().map(SystemTarget::name).toList());
  }
}
