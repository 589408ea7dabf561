package mos.spi.verify;

import java.util.UUID;
import mos.spi.model.Bytes;
import mos.spi.model.Digest;
import mos.spi.model.InstallManifest;

/**
 * An install manifest that the {@link VerificationGate} let pass, the only one that may be used.
 */
public final class VerifiedManifest {
  private final String origin;
  private final Bytes bytes;
  private final Digest digest;
  private final Signatory signatory;
  private final InstallManifest manifest;

  VerifiedManifest(String origin, Bytes bytes, Signatory signatory, InstallManifest manifest) {
    this.origin = origin;
    this.bytes = bytes;
    this.digest = bytes.digest();
    this.signatory = signatory;
    this.manifest = manifest;
  }

  /** Where it came from, for messages. */
  public String origin() {
    return origin;
  }

  /** The signed bytes. */
  public Bytes bytes() {
    return bytes;
  }

  /** The digest of the signed bytes; the files in {@code manifest.git} are named by it. */
  public Digest digest() {
    return digest;
  }

  /** The certificate that verified it, PEM. */
  public Bytes certificate() {
    return signatory.certificate();
  }

  /** The signature that verified it. */
  public Bytes signature() {
    return signatory.signature();
  }

  /** The product that the certificate is bound to. */
  public UUID product() {
    return signatory.product();
  }

  /** What the bytes mean. */
  public InstallManifest manifest() {
    return manifest;
  }
}
