package mos.spi.sign;

import java.util.UUID;
import mos.spi.model.Bytes;

/** Signs install manifests for one product. */
public interface ManifestSigner {
  /** The product that the certificate is bound to. */
  UUID product();

  /**
   * The product that a user's manifest means.
   *
   * @param product a uuid or a project's name; must mean this signer's product
   * @throws mos.spi.MosException INVALID when it means another
   */
  UUID resolve(String product);

  /** The certificate with its intermediates, PEM. */
  Bytes certificate();

  /** The raw signature over the bytes; for RSA: PKCS#1 v1.5 with SHA-256. */
  Bytes sign(Bytes document);
}
