package mos.plugin.keyset;

import java.nio.file.Path;
import java.time.Clock;
import mos.spi.sign.KeysetProvider;
import mos.spi.sign.Keysets;
import mos.spi.sign.ManifestSigner;

/** Keys in PEM files, made and used with Bouncy Castle. */
public final class FileKeysetProvider implements KeysetProvider {
  /** Made by {@link java.util.ServiceLoader}. */
  public FileKeysetProvider() {}

  @Override
  public Keysets open(Path directory) {
    return new FileKeysets(directory.toAbsolutePath(), Clock.systemUTC());
  }

  @Override
  public ManifestSigner signer(Path key, Path certificate, String product) {
    FileSigner signer =
        FileSigner.open(key, certificate, name -> name.equals(product), Clock.systemUTC());
    // A name is taken as given; a uuid has to be the certificate's.
    signer.resolve(product);
    return signer;
  }
}
