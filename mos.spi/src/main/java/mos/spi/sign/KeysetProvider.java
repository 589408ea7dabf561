package mos.spi.sign;

import java.nio.file.Path;

/** Publishing: makes and uses keys. One per program, in the admin image only. */
public interface KeysetProvider {
  /** The keysets in a directory, which need not exist yet. */
  Keysets open(Path directory);

  /**
   * A signer from single files.
   *
   * @param key PKCS#8 PEM private key
   * @param certificate PEM certificate that fits the key
   * @param product a uuid or a name; a uuid must be the certificate's
   */
  ManifestSigner signer(Path key, Path certificate, String product);
}
