package mos.spi.verify;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import mos.spi.InvalidFieldException;
import mos.spi.MosException;
import mos.spi.image.ImageManifest;
import mos.spi.model.Bytes;
import mos.spi.model.InstallManifest;
import mos.spi.model.Target;

/**
 * The one place where something received becomes something that may be used. {@link
 * VerifiedManifest} and {@link VerifiedImage} have no other maker, and importing, mounting and
 * committing accept nothing else.
 *
 * <p>The order is fixed: signature over the bytes, certificate chain, product; only then does a
 * parser see the bytes.
 */
public final class VerificationGate {
  private static final Pattern UUID_FORM =
      Pattern.compile(
          "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");

  /**
   * Turns verified bytes into their meaning; throws {@link InvalidFieldException} when they have
   * none.
   */
  @FunctionalInterface
  public interface Parser<T> {
    /** Parses. */
    T parse(Bytes bytes);
  }

  private final List<Verifier> verifiers;
  private final TrustAnchors anchors;
  private final Parser<InstallManifest> manifests;
  private final Parser<ImageManifest> images;
  private final Clock clock;

  /**
   * @param verifiers every verifier of this program
   * @param anchors whom to trust, nobody else
   * @param manifests parser of install manifests
   * @param images parser of OCI image manifests
   * @param clock tells the moment that counts for certificates
   */
  public VerificationGate(
      List<Verifier> verifiers,
      TrustAnchors anchors,
      Parser<InstallManifest> manifests,
      Parser<ImageManifest> images,
      Clock clock) {
    this.verifiers = List.copyOf(verifiers);
    this.anchors = anchors;
    this.manifests = manifests;
    this.images = images;
    this.clock = clock;
  }

  /**
   * Lets an install manifest pass.
   *
   * @param hostProduct the product of this host, if it has one already
   * @throws MosException {@link mos.spi.ErrorCode#REFUSED} when signature, chain or product do not
   *     hold, {@link mos.spi.ErrorCode#INVALID} when the verified bytes are no install manifest
   */
  public VerifiedManifest admit(
      SignedDocument document, Purpose purpose, Optional<UUID> hostProduct) {
    if (document.bytes().size() > InstallManifest.MAX_BYTES) {
      throw MosException.refused(
          document.origin()
              + ": larger than an install manifest may be ("
              + InstallManifest.MAX_BYTES
              + " bytes)");
    }
    Signatory signatory = verify(document, purpose);
    InstallManifest manifest = parse(document.origin(), manifests, document.bytes());
    checkProduct(document.origin(), manifest, signatory.product(), hostProduct);
    return new VerifiedManifest(document.origin(), document.bytes(), signatory, manifest);
  }

  /**
   * Lets the image of a target pass.
   *
   * @param origin where the OCI manifest came from, for messages
   * @param bytes the OCI manifest as received
   * @throws MosException {@link mos.spi.ErrorCode#REFUSED} when digest or size differ from the
   *     manifest's, {@link mos.spi.ErrorCode#NOT_FOUND} when the manifest has no such target,
   *     {@link mos.spi.ErrorCode#INVALID} when the bytes are no image manifest
   */
  public VerifiedImage admit(
      VerifiedManifest manifest, String serviceName, String origin, Bytes bytes) {
    Target target =
        manifest
            .manifest()
            .target(serviceName)
            .orElseThrow(
                () ->
                    MosException.notFound(
                        manifest.origin() + ": has no target '" + serviceName + "'"));
    if (bytes.size() != target.size()) {
      throw MosException.refused(
          origin + ": has " + bytes.size() + " bytes, the install manifest says " + target.size());
    }
    if (!bytes.digest().equals(target.digest())) {
      throw MosException.refused(
          origin
              + ": its digest is "
              + bytes.digest()
              + ", the install manifest says "
              + target.digest());
    }
    try {
      return new VerifiedImage(target, bytes, parse(origin, images, bytes));
    } catch (InvalidFieldException e) {
      throw MosException.invalid(origin + ": " + e.getMessage());
    }
  }

  private Signatory verify(SignedDocument document, Purpose purpose) {
    Signatory signatory = null;
    for (Verifier verifier : verifiers) {
      if (!verifier.applies(document)) {
        continue;
      }
      Signatory found = verifier.verify(document, anchors, purpose, clock.instant());
      if (signatory != null && !signatory.product().equals(found.product())) {
        throw MosException.refused(
            document.origin()
                + ": verifiers disagree about its product: "
                + signatory.product()
                + ", "
                + found.product());
      }
      signatory = signatory == null ? found : signatory;
    }
    if (signatory == null) {
      throw MosException.refused(
          document.origin() + ": no verifier of this program can judge it (is it signed?)");
    }
    return signatory;
  }

  private static void checkProduct(
      String origin, InstallManifest manifest, UUID certified, Optional<UUID> hostProduct) {
    if (UUID_FORM.matcher(manifest.product()).matches()
        && !certified.toString().equals(manifest.product().toLowerCase(Locale.ROOT))) {
      throw MosException.refused(
          origin
              + ": is for product "
              + manifest.product()
              + ", but its certificate is for "
              + certified);
    }
    if (hostProduct.isPresent() && !hostProduct.get().equals(certified)) {
      throw MosException.refused(
          origin + ": is for product " + certified + ", this host is a " + hostProduct.get());
    }
  }

  private static <T> T parse(String origin, Parser<T> parser, Bytes bytes) {
    try {
      return parser.parse(bytes);
    } catch (InvalidFieldException e) {
      throw MosException.invalid(origin + ": " + e.getMessage());
    }
  }
}
