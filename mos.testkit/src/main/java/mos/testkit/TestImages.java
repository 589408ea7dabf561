package mos.testkit;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.spi.image.Descriptor;
import mos.spi.image.ImageManifest;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;
import mos.spi.model.NamespaceGroup;
import mos.spi.model.Network;
import mos.spi.model.ServiceType;
import mos.spi.model.StorageMount;
import mos.spi.model.Target;
import mos.spi.model.UpdateType;
import mos.spi.verify.Attachment;
import mos.spi.verify.Purpose;
import mos.spi.verify.SignedDocument;
import mos.spi.verify.TrustAnchors;
import mos.spi.verify.VerificationGate;
import mos.spi.verify.VerifiedImage;
import mos.spi.verify.VerifiedManifest;

/**
 * Verified images without keys and registries: a real {@link VerificationGate}, with a {@link
 * TrustingVerifier}.
 */
public final class TestImages {
  private static final Bytes NOTHING = Bytes.utf8("none");

  private TestImages() {}

  /**
   * An image of a service.
   *
   * @param content what tells this image from others; the digest follows from it
   * @param mounts the volumes that the service sees
   */
  public static VerifiedImage image(
      String service, ServiceType type, String content, StorageMount... mounts) {
    Bytes bytes = Bytes.utf8("image manifest of " + service + ": " + content);
    Target target =
        new Target(
            service,
            "1",
            type,
            Network.NONE,
            NamespaceGroup.HOST,
            bytes.digest(),
            bytes.size(),
            List.of(mounts));
    InstallManifest manifest =
        new InstallManifest(
            InstallManifest.VERSION,
            TrustingVerifier.PRODUCT.toString(),
            List.of(),
            List.of(target),
            UpdateType.PARTIAL);
    VerificationGate gate =
        new VerificationGate(
            List.of(new TrustingVerifier()),
            new TrustAnchors("the test kit", NOTHING),
            ignored -> manifest,
            ignored -> imageManifest(),
            Clock.systemUTC());
    Attachment attachment = new Attachment("the test kit", NOTHING);
    VerifiedManifest verified =
        gate.admit(
            new SignedDocument(
                "the test kit", Bytes.utf8(content), List.of(attachment), List.of(attachment)),
            Purpose.USE,
            Optional.empty());
    return gate.admit(verified, service, "the test kit", bytes);
  }

  private static ImageManifest imageManifest() {
    Digest digest = NOTHING.digest();
    return new ImageManifest(
        Optional.empty(),
        Descriptor.of("application/vnd.oci.empty.v1+json", digest, NOTHING.size()),
        List.of(),
        Optional.empty(),
        Map.of());
  }
}
