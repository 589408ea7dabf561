package mos.plugin.gitupgrade;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.Storage;
import mos.spi.model.StorageMount;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.Signatory;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedManifest;
import mos.spi.verify.Verifier;

/** Verified manifests for tests: a real gate, with a verifier that lets everything pass. */
final class Manifests {
  static final UUID PRODUCT = UUID.fromString("11111111-2222-4333-8444-555555555555");

  private Manifests() {}

  static VerifiedManifest complete(Target... targets) {
    return new Recipe().targets(targets).verified();
  }

  static VerifiedManifest partial(Target... targets) {
    return new Recipe().type(UpdateType.PARTIAL).targets(targets).verified();
  }

  static Recipe recipe() {
    return new Recipe();
  }

  static Target target(String name, String version) {
    return target(name, version, NamespaceGroup.HOST, Network.NONE);
  }

  static Target target(String name, String version, String group) {
    return target(name, version, new NamespaceGroup(group), Network.NONE);
  }

  static Target target(
      String name, String version, NamespaceGroup group, Network network, StorageMount... mounts) {
    Digest digest = Bytes.utf8("image of " + name + " " + version).digest();
    ServiceType type = name.equals("hostfs") ? ServiceType.HOSTFS : ServiceType.FS_ONLY;
    return new Target(name, version, type, network, group, digest, 1000, List.of(mounts));
  }

  static Storage volume(String label, String group) {
    return new Storage(label, true, NamespaceGroup.parse(group), 100);
  }

  static final class Recipe {
    private String product = PRODUCT.toString();
    private UUID certified = PRODUCT;
    private UpdateType type = UpdateType.COMPLETE;
    private final List<Storage> volumes = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private int padding;

    Recipe product(String name) {
      product = name;
      return this;
    }

    Recipe certified(UUID uuid) {
      certified = uuid;
      return this;
    }

    Recipe type(UpdateType updateType) {
      type = updateType;
      return this;
    }

    Recipe volumes(Storage... more) {
      volumes.addAll(Arrays.asList(more));
      return this;
    }

    Recipe targets(Target... more) {
      targets.addAll(Arrays.asList(more));
      return this;
    }

    Recipe padding(int bytes) {
      padding = bytes;
      return this;
    }

    VerifiedManifest verified() {
      InstallManifest manifest = new InstallManifest(1, product, volumes, targets, type);
      Bytes bytes = Bytes.utf8(manifest + " ".repeat(padding));
      Bytes signature = Bytes.utf8("signature of " + bytes.digest());
      Bytes certificate = Bytes.utf8("certificate for " + certified);
      SignedDocument document =
          new SignedDocument(
              "oci:/zot:machine:" + bytes.digest().hex().substring(0, 6),
              bytes,
              List.of(new Attachment("a certificate", certificate)),
              List.of(new Attachment("a signature", signature)));
      VerificationGate gate =
          new VerificationGate(
              List.of(new Trusting(new Signatory(certified, certificate, signature))),
              new TrustAnchors("nobody", Bytes.utf8("")),
              ignored -> manifest,
              ignored -> {
                throw new IllegalStateException("no image is looked at");
              },
              Clock.systemUTC());
      return gate.admit(document, Purpose.ACCEPT, Optional.empty());
    }
  }

  private record Trusting(Signatory signatory) implements Verifier {
    @Override
    public String name() {
      return "trusting";
    }

    @Override
    public boolean applies(SignedDocument document) {
      return true;
    }

    @Override
    public Signatory verify(
        SignedDocument document, TrustAnchors anchors, Purpose purpose, Instant now) {
      return signatory;
    }
  }
}
